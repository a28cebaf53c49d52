//! Whose channel it is. An account posts into a channel of its own: the one the handle names, or the account's first where the
//! handle names the account.
use super::answer::{refused, unreadable};
use super::session::Session;
use super::view::{Actor, List, address, shown};
use super::{PeerTube, digits};
use crate::{Access, Failure, Identity};

/// The two numbers of an account's id: the account's and the channel's.
pub(super) fn numbers(access: &Access) -> Option<(u64, u64)> {
    let (account, channel) = access.remote_account_id.split_once('-')?;
    Some((digits(account)?, digits(channel)?))
}

/// The server's name as it stands in handles.
pub(super) fn host(access: &Access) -> &str {
    let rest = access.base_url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// The name in a handle, without the server where it is the account's own: `roads`, or `roads@other.example`.
fn name_in(access: &Access, handle: &str) -> Result<String, Failure> {
    let handle = handle.trim().trim_start_matches('@');
    let (name, at) = handle.split_once('@').unwrap_or((handle, ""));
    let fits_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let fits_host = at.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    if !(fits_name && fits_host) || handle.len() > 255 || name.bytes().all(|b| b == b'.') {
        return Err(refused("handle", "A channel is written as name@server, or name on the account's own server."));
    }
    let here = at.is_empty() || host(access).eq_ignore_ascii_case(at);
    Ok(if here { name.to_owned() } else { format!("{name}@{at}") })
}

fn first(channels: Vec<Actor>) -> Option<Actor> {
    channels.into_iter().filter(|c| c.id > 0).min_by_key(|c| c.id)
}

fn no_channel() -> Failure {
    refused("no-channel", "The account has no such channel on this server.")
}

impl PeerTube {
    /// The channel that is meant, among the account's own.
    async fn channel(&self, access: &Access, session: &Session) -> Result<Actor, Failure> {
        let me = self.me(access, session).await?;
        let named = match access.handle.trim() {
            "" => None,
            handle => Some(name_in(access, handle)?),
        };
        let is = |actor: &Actor| named.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(&actor.name));
        let own = me.video_channels.iter().find(|c| is(c) && c.id > 0).cloned();
        match own {
            Some(channel) => Ok(channel),
            None if named.is_none() || is(&me.account) => first(me.video_channels).ok_or_else(no_channel),
            None => Err(no_channel()),
        }
    }

    /// The session and the number of the channel.
    pub(super) async fn us(&self, access: &Access) -> Result<(Session, u64), Failure> {
        let session = self.meant(access).await?;
        let channel = match numbers(access) {
            Some((_, channel)) => channel,
            None => self.channel(access, &session).await?.id,
        };
        Ok((session, channel))
    }

    pub(super) async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let session = self.session(access).await?;
        let channel = self.channel(access, &session).await?;
        let name = name_in(access, &channel.name).map_err(|_| unreadable())?;
        let handle = format!("{name}@{}", host(access));
        let url = address(channel.url.as_deref()).unwrap_or_else(|| access.url(&format!("/c/{name}")));
        Ok(Identity {
            account_id: format!("{}-{}", session.account, channel.id),
            name: shown(channel.display_name.as_deref(), &name),
            handle,
            url: Some(url),
        })
    }

    /// Whose the channel of a handle is at this moment, or the first channel of the account of that name.
    pub(super) async fn whose(&self, access: &Access, handle: &str) -> Result<String, Failure> {
        let name = name_in(access, handle)?;
        let session = self.session(access).await?;
        let (account, channel) =
            match self.get::<Actor>(access, &session, &format!("/video-channels/{name}"), &[]).await {
                Ok(channel) => (channel.owner_account.ok_or_else(unreadable)?.id, channel.id),
                Err(Failure::Gone) => {
                    let path = format!("/accounts/{name}");
                    let account: Actor = self.get(access, &session, &path, &[]).await?;
                    let asked = [("count", "100"), ("sort", "createdAt")];
                    let theirs: List<Actor> =
                        self.get(access, &session, &format!("{path}/video-channels"), &asked).await?;
                    (account.id, first(theirs.data).ok_or(Failure::Gone)?.id)
                }
                Err(failure) => return Err(failure),
            };
        if account == 0 || channel == 0 { Err(unreadable()) } else { Ok(format!("{account}-{channel}")) }
    }
}
