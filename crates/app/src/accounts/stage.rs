//! The stages of an account, each with its clause and what comes next.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Planning,
    Creation,
    Configuration,
    Live,
    Evaluation,
    Closed,
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::Planning, Stage::Creation, Stage::Configuration, Stage::Live, Stage::Evaluation, Stage::Closed];
    pub fn code(self) -> &'static str {
        match self {
            Stage::Planning => "planning",
            Stage::Creation => "creation",
            Stage::Configuration => "configuration",
            Stage::Live => "live",
            Stage::Evaluation => "evaluation",
            Stage::Closed => "closed",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            Stage::Planning => "accounts-stage-planning",
            Stage::Creation => "accounts-stage-creation",
            Stage::Configuration => "accounts-stage-configuration",
            Stage::Live => "accounts-stage-live",
            Stage::Evaluation => "accounts-stage-evaluation",
            Stage::Closed => "accounts-stage-closed",
        }
    }
    /// What somebody does next.
    pub fn next(self) -> &'static str {
        match self {
            Stage::Planning => "accounts-next-planning",
            Stage::Creation => "accounts-next-creation",
            Stage::Configuration => "accounts-next-configuration",
            Stage::Live => "accounts-next-live",
            Stage::Evaluation => "accounts-next-evaluation",
            Stage::Closed => "accounts-next-closed",
        }
    }
    pub fn clause(self) -> &'static str {
        match self {
            Stage::Planning => "P6.2-AM4",
            Stage::Creation => "P6.2-AM5",
            Stage::Configuration => "P6.2-AM6",
            Stage::Live => "P6.2-AM7",
            Stage::Evaluation => "P6.2-AM8",
            Stage::Closed => "P6.2-AM9",
        }
    }
}
