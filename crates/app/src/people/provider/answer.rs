//! What the provider published about itself, and what it says of somebody in exchange for a code.
use super::asked::{Asked, ENTER, again};
use super::checks::{self, Claims, More, Token};
use super::{Provider, wire};
use ground::clock::{HOUR, SECOND};
use ground::error::{Kind, chain};
use ground::{Ctx, Error, Result, Say};
use openidconnect::core::*;
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, RequestTokenError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde_json::{Map, Value};
use std::sync::Arc;

pub type Metadata = ProviderMetadataWithLogout;
type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type OurClient = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How long we believe what a provider published, and how soon we look again when a key is not among it.
const BELIEVED: i64 = HOUR;
const LOOK_AGAIN: i64 = 10 * SECOND;
/// Where the browser comes back to.
pub const BACK: &str = "/sign-in/provider/back";

/// What the provider says of somebody, checked.
#[derive(Debug, Clone)]
pub struct Told {
    pub subject: String,
    /// Only where the provider says that it is theirs.
    pub email: Option<String>,
    /// `None`: it does not tell.
    pub groups: Option<Vec<String>>,
    pub strong: bool,
    /// When they last showed the provider that it is they, in seconds.
    pub auth_time: Option<i64>,
}

impl Provider {
    fn unreachable(&self, why: impl std::fmt::Display) -> Error {
        tracing::warn!(issuer = self.said.issuer, %why, "the sign-in provider cannot be asked");
        let say = Say::new("people-provider-unreachable").arg("name", self.said.name.as_str());
        Error::new(Kind::Unavailable, say).next("/sign-in", Say::new("people-provider-again"))
    }

    fn refused(&self, why: impl std::fmt::Display) -> Error {
        tracing::warn!(issuer = self.said.issuer, %why, "an answer of the sign-in provider was refused");
        again("people-provider-failed", ENTER)
    }

    fn issuer(&self) -> Result<IssuerUrl> {
        IssuerUrl::new(self.said.issuer.clone()).map_err(Error::fault)
    }

    /// What the provider published. `fresh`: looked up again, unless that was just done. What was known is better than
    /// nothing while it cannot be reached.
    pub async fn metadata(&self, cx: &Ctx, fresh: bool) -> Result<Arc<Metadata>> {
        let kept = self.known.lock().ok().and_then(|k| k.clone());
        let most = if fresh { LOOK_AGAIN } else { BELIEVED };
        if let Some((metadata, at)) = &kept
            && cx.now() - at < most
        {
            return Ok(metadata.clone());
        }
        let http = |request| wire::call(self.fetch.clone(), request);
        match Metadata::discover_async(self.issuer()?, &http).await {
            Ok(found) => {
                let found = Arc::new(found);
                if let Ok(mut known) = self.known.lock() {
                    *known = Some((found.clone(), cx.now()));
                }
                Ok(found)
            }
            Err(why) => match kept {
                Some((metadata, _)) => {
                    tracing::warn!(issuer = self.said.issuer, %why, "the sign-in provider could not be looked up again");
                    Ok(metadata)
                }
                None => Err(self.unreachable(chain(&why))),
            },
        }
    }

    /// Ourselves, as the provider knows us.
    pub fn client(&self, cx: &Ctx, metadata: &Metadata) -> Result<OurClient> {
        let secret = Some(self.said.client_secret.clone()).filter(|s| !s.is_empty()).map(ClientSecret::new);
        let client = OurClient::from_provider_metadata(metadata.clone(), self.client_id(), secret);
        // The standard's way unless the provider knows the other alone.
        let ways = metadata.token_endpoint_auth_methods_supported();
        let in_body = ways.is_some_and(|w| {
            !w.contains(&CoreClientAuthMethod::ClientSecretBasic) && w.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let client = client.set_redirect_uri(RedirectUrl::new(cx.url(BACK)).map_err(Error::fault)?);
        Ok(if in_body { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    /// Exchanges the code for what the provider says of whoever came back with it; `whole`: with their address and groups, which
    /// it may tell elsewhere than in the ID token.
    pub async fn answer(&self, cx: &Ctx, code: &str, asked: &Asked, whole: bool) -> Result<Told> {
        let metadata = self.metadata(cx, false).await?;
        let client = self.client(cx, &metadata)?;
        let http = |request| wire::call(self.fetch.clone(), request);
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|why| self.unreachable(why))?;
        let verifier = PkceCodeVerifier::new(asked.verifier.clone());
        let tokens = exchange.set_pkce_verifier(verifier).request_async(&http).await.map_err(|e| match e {
            RequestTokenError::Request(why) => self.unreachable(why),
            // The provider's own words may repeat what it was sent.
            RequestTokenError::ServerResponse(said) => self.refused(said.error().as_ref()),
            other => self.refused(other),
        })?;
        let token = tokens.id_token().ok_or_else(|| self.refused("no ID token came"))?;
        let nonce = Nonce::new(asked.nonce.clone());
        let metadata = match self.check(cx, token, &nonce, &metadata) {
            Ok(_) => metadata,
            // The provider may have changed its keys.
            Err(ClaimsVerificationError::SignatureVerification(_)) => self.metadata(cx, true).await?,
            Err(why) => return Err(self.refused(why)),
        };
        let claims = self.check(cx, token, &nonce, &metadata).map_err(|why| self.refused(chain(&why)))?;
        self.check_hash(cx, token, tokens.access_token(), claims, &metadata)?;
        self.told(&client, claims, whole.then(|| tokens.access_token())).await
    }

    fn check<'a>(
        &self,
        cx: &Ctx,
        token: &'a Token,
        nonce: &Nonce,
        metadata: &Metadata,
    ) -> Result<&'a Claims, ClaimsVerificationError> {
        checks::verified(token, &self.client_id(), &self.verifier(cx, metadata), nonce)
    }

    /// Where the ID token names its access token, it is that one.
    fn check_hash(
        &self,
        cx: &Ctx,
        token: &Token,
        access: &AccessToken,
        claims: &Claims,
        metadata: &Metadata,
    ) -> Result<()> {
        let Some(said) = claims.access_token_hash() else { return Ok(()) };
        let verifier = self.verifier(cx, metadata);
        let (alg, key) = (token.signing_alg(), token.signing_key(&verifier));
        let (alg, key) = (alg.map_err(|e| self.refused(e))?, key.map_err(|e| self.refused(e))?);
        let made = AccessTokenHash::from_token(access, alg, key).map_err(|e| self.refused(e))?;
        if made == *said { Ok(()) } else { Err(self.refused("the access token is another's")) }
    }

    /// What is told, from the ID token and, where that is silent, from the provider's page about whoever this is.
    async fn told(&self, client: &OurClient, claims: &Claims, access: Option<&AccessToken>) -> Result<Told> {
        let mut email = claims.email().map(|e| e.as_str().to_owned());
        let mut verified = claims.email_verified().unwrap_or(false);
        let mut rest: Map<String, Value> = claims.additional_claims().rest.clone();
        let wants_groups = !self.mapped.is_empty() && checks::within(&rest, &self.said.groups_claim).is_none();
        let info = access.and_then(|a| client.user_info(a.clone(), Some(claims.subject().clone())).ok());
        if let Some(asked) = info.filter(|_| email.is_none() || wants_groups) {
            let http = |request| wire::call(self.fetch.clone(), request);
            let more = asked.request_async::<More, _, CoreGenderClaim>(&http).await;
            let more: UserInfoClaims<More, CoreGenderClaim> = more.map_err(|why| self.unreachable(chain(&why)))?;
            if email.is_none() {
                email = more.email().map(|e| e.as_str().to_owned());
                verified = more.email_verified().unwrap_or(false);
            }
            for (name, value) in more.additional_claims().rest.clone() {
                rest.entry(name).or_insert(value);
            }
        }
        let amr: Vec<&str> = claims.auth_method_refs().into_iter().flatten().map(|a| a.as_str()).collect();
        let acr = claims.auth_context_ref().map(|a| a.as_str());
        Ok(Told {
            subject: claims.subject().as_str().to_owned(),
            email: email.filter(|_| verified).map(|e| e.trim().to_lowercase()),
            groups: checks::groups(&rest, &self.said.groups_claim),
            strong: checks::strong(&amr, acr, &self.said.strong_amr, &self.said.strong_acr),
            auth_time: claims.auth_time().map(|at| at.timestamp()),
        })
    }

    fn verifier(&self, cx: &Ctx, metadata: &Metadata) -> CoreIdTokenVerifier<'static> {
        checks::verifier(metadata.issuer(), &self.client_id(), metadata.jwks(), cx.now())
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.said.client_id.clone())
    }
}
