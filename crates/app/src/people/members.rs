//! Who works for an agency, with what roles: for what people are named in (plans, actions).
use super::{Role, store};
use ground::{Ctx, Result};

/// Somebody with roles in an agency that are in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub id: i64,
    pub name: String,
    pub roles: Vec<Role>,
}

/// In the order in which they first got a role there.
pub async fn members(cx: &Ctx, agency: i64) -> Result<Vec<Member>> {
    let now = cx.now();
    let mut found: Vec<Member> = vec![];
    for grant in store::held_in(cx.db(), agency).await? {
        let begun = grant.from_at.is_none_or(|from| from <= now);
        let Some(role) = Role::parse(&grant.role).filter(|_| begun && grant.until.is_none_or(|until| until > now))
        else {
            continue;
        };
        match found.iter_mut().find(|m| m.id == grant.person_id) {
            Some(member) => member.roles.push(role),
            None => {
                let person = store::person(cx.db(), grant.person_id).await?;
                if person.state == "active" {
                    found.push(Member { id: person.id, name: person.name, roles: vec![role] });
                }
            }
        }
    }
    Ok(found)
}
