//! corepool-kernel
