//! What stands between a jump and its goal: loops, `try`, `finally` and `with` around the point under
//! construction. A jump goes to the innermost frame that has a say; that frame passes it on when it closes.

use super::super::tree::NodeId;
use super::build::{Builder, Label};
use super::graph::{Edge, PointId};

/// What is thrown, as far as handlers tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thrown {
    /// Some `Exception`.
    Error,
    /// `asyncio.CancelledError`, or `GeneratorExit` at a `yield`: no `Exception`.
    Cancel,
    /// `SystemExit` or `KeyboardInterrupt`.
    Exit,
    /// The type that a `raise` names, by its number in the builder's list.
    Named(u8),
}

/// A way out of a block other than its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    Return,
    Break,
    Continue,
    Throw(Thrown),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Loop,
    Try,
    /// Runs its own code on every way out.
    Finally,
    With,
}

#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) role: Role,
    /// The point at which its statement began.
    pub(super) begin: PointId,
    /// Where each way out goes that came up.
    pub(super) ways: Vec<(Leaving, Label)>,
    /// The nearest frame, itself included, that stops a throw, a return, a break. Counted from 1; 0 is none.
    nearest: [u32; 3],
}

impl Frame {
    pub(super) fn new(role: Role, begin: PointId) -> Frame {
        Frame { role, begin, ways: Vec::new(), nearest: [0; 3] }
    }

    pub(super) fn of_loop(begin: PointId, again: Label, after: Label) -> Frame {
        let ways = vec![(Leaving::Continue, again), (Leaving::Break, after)];
        Frame { ways, ..Frame::new(Role::Loop, begin) }
    }
}

fn class(leaving: Leaving) -> usize {
    match leaving {
        Leaving::Throw(_) => 0,
        Leaving::Return => 1,
        Leaving::Break | Leaving::Continue => 2,
    }
}

impl Builder<'_> {
    pub(super) fn open(&mut self, mut frame: Frame) {
        let stops = match frame.role {
            Role::Loop => [false, false, true],
            Role::Try => [true, false, false],
            Role::Finally | Role::With => [true; 3],
        };
        let outer = self.frames.last().map_or([0; 3], |frame| frame.nearest);
        let own = self.frames.len() as u32 + 1;
        for (index, stops) in stops.into_iter().enumerate() {
            frame.nearest[index] = if stops { own } else { outer[index] };
        }
        self.frames.push(frame);
    }

    /// Where a way out leads from here.
    pub(super) fn route(&mut self, leaving: Leaving) -> Option<Label> {
        let nearest = self.frames.last().map_or(0, |frame| frame.nearest[class(leaving)]);
        let Some(index) = (nearest as usize).checked_sub(1) else {
            return match leaving {
                Leaving::Throw(_) => Some(self.escapes),
                Leaving::Return => Some(self.returns),
                Leaving::Break | Leaving::Continue => None,
            };
        };
        let known = self.frames[index].ways.iter().find(|(way, _)| *way == leaving);
        if let Some((_, label)) = known {
            return Some(*label);
        }
        let label = self.label();
        self.frames[index].ways.push((leaving, label));
        Some(label)
    }

    /// Control leaves the block. A `break` outside a loop leads nowhere.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        match self.route(leaving) {
            Some(label) => self.goto(label),
            None => self.ends.clear(),
        }
    }

    /// Adds the edge to whoever handles what the point may throw.
    pub(super) fn may_throw(&mut self, point: PointId, thrown: Thrown, edge: Edge) {
        if let Some(label) = self.route(Leaving::Throw(thrown)) {
            self.send(label, (point, edge));
        }
    }

    /// Whether a `finally` of this size may be built once more.
    pub(super) fn may_copy(&mut self, block: NodeId) -> bool {
        let size = (self.tree().after(block).0 - block.0) as usize;
        match self.copies.checked_sub(size) {
            Some(left) => {
                self.copies = left;
                true
            }
            None => false,
        }
    }
}
