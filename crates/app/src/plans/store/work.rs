//! The SQL of carrying a plan out: actions, and the look back when its term is over.
use crate::plans::working::{Action, EvaluationRow};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    ACTION = "SELECT id, plan_id, agency_id, text, objective, owner_id, due_on, due_at, state, note, set_by, set_at, ended_by, ended_at, version FROM plan_actions WHERE id = $1";
    ACTIONS = "SELECT id, plan_id, agency_id, text, objective, owner_id, due_on, due_at, state, note, set_by, set_at, ended_by, ended_at, version FROM plan_actions WHERE plan_id = $1 ORDER BY due_at, id LIMIT 500";
    ACTIONS_OF = "SELECT id, plan_id, agency_id, text, objective, owner_id, due_on, due_at, state, note, set_by, set_at, ended_by, ended_at, version FROM plan_actions WHERE owner_id = $1 AND state = 'open' AND due_at <= $2 ORDER BY due_at, id LIMIT $3";
    ACTION_INSERT = "INSERT INTO plan_actions (id, plan_id, agency_id, text, objective, owner_id, due_on, due_at, state, note, set_by, set_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', $9, $10, 1)";
    ACTION_CHANGE = "UPDATE plan_actions SET text = $3, objective = $4, owner_id = $5, due_on = $6, due_at = $7, set_by = $8, set_at = $9, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'open'";
    ACTION_END = "UPDATE plan_actions SET state = $3, note = $4, ended_by = $5, ended_at = $6, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'open'";
    EVALUATION = "SELECT plan_id, reached, outcome, conclusion, evaluated_by, at FROM plan_evaluations WHERE plan_id = $1";
    EVALUATE = "INSERT INTO plan_evaluations (plan_id, reached, outcome, conclusion, evaluated_by, at) VALUES ($1, $2, $3, $4, $5, $6)";
}

pub async fn action(c: &impl Run, id: i64) -> DbResult<Action> {
    Action::from_row(&c.one(sql!(ACTION, id)).await?)
}
/// What falls due first comes first.
pub async fn actions(c: &impl Run, plan: i64) -> DbResult<Vec<Action>> {
    c.rows(sql!(ACTIONS, plan)).await?.iter().map(Action::from_row).collect()
}
/// Open ones of one person that fall due before this time.
pub async fn actions_of(c: &impl Run, owner: i64, before: i64, most: i64) -> DbResult<Vec<Action>> {
    c.rows(sql!(ACTIONS_OF, owner, before, most)).await?.iter().map(Action::from_row).collect()
}
pub async fn insert_action(tx: &Tx, a: &Action) -> DbResult<()> {
    let q = sql!(
        ACTION_INSERT,
        a.id,
        a.plan_id,
        a.agency_id,
        &a.text,
        a.objective,
        a.owner_id,
        &a.due_on,
        a.due_at,
        a.set_by,
        a.set_at
    );
    tx.exec(q).await.map(|_| ())
}
/// `a` as it shall be; its version is the one that was seen.
pub async fn change_action(tx: &Tx, a: &Action) -> DbResult<()> {
    let q =
        sql!(ACTION_CHANGE, a.id, a.version, &a.text, a.objective, a.owner_id, &a.due_on, a.due_at, a.set_by, a.set_at);
    tx.guard(q).await
}
pub async fn end_action(tx: &Tx, a: &Action, state: &str, note: &str, by: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(ACTION_END, a.id, a.version, state, note, by, at)).await
}
pub async fn evaluation(c: &impl Run, plan: i64) -> DbResult<Option<EvaluationRow>> {
    c.row(sql!(EVALUATION, plan)).await?.as_ref().map(EvaluationRow::from_row).transpose()
}
pub async fn evaluate(tx: &Tx, e: &EvaluationRow) -> DbResult<()> {
    tx.exec(sql!(EVALUATE, e.plan_id, &e.reached, &e.outcome, &e.conclusion, e.evaluated_by, e.at)).await.map(|_| ())
}
