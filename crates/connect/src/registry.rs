//! Which platforms this program can speak to.
use crate::Connector;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry(Arc<BTreeMap<&'static str, Arc<dyn Connector>>>);

impl Registry {
    /// A later connector replaces an earlier one for the same platform.
    pub fn new(connectors: Vec<Arc<dyn Connector>>) -> Registry {
        Registry(Arc::new(connectors.into_iter().map(|c| (c.capabilities().platform, c)).collect()))
    }
    pub fn get(&self, platform: &str) -> Option<Arc<dyn Connector>> {
        self.0.get(platform).cloned()
    }
    /// By short name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Connector>> {
        self.0.values()
    }
}
