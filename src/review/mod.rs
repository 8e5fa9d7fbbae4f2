//! Under construction on its branch.
