//! corepool-topology
