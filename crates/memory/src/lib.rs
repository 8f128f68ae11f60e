//! corepool-memory
