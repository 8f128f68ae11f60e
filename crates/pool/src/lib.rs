//! corepool-pool
