-- Text that is compared or sorted is so byte by byte, as SQLite does it: COLLATE "C".
CREATE TABLE installations (
    id           BIGINT NOT NULL PRIMARY KEY,
    parked_until BIGINT NOT NULL DEFAULT 0,
    served       BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX installations_served ON installations (served);

-- One row per thing that has to be made right.
CREATE TABLE targets (
    key             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    installation    BIGINT NOT NULL REFERENCES installations (id),
    repo            BIGINT NOT NULL,
    owner           TEXT NOT NULL,
    name            TEXT NOT NULL,
    subject         TEXT NOT NULL,              -- JSON
    glimpse         TEXT NOT NULL,              -- JSON, of the newest updated_at
    glimpse_at      TEXT COLLATE "C" NOT NULL,  -- that updated_at
    author          TEXT COLLATE "C" NOT NULL,
    delivery        TEXT NOT NULL,              -- guid of the last trigger
    state           TEXT NOT NULL,              -- idle, waiting, running, dead
    generation      BIGINT NOT NULL,            -- grows with each trigger
    done_generation BIGINT NOT NULL DEFAULT 0,  -- the trigger that was last answered
    run_at          BIGINT NOT NULL,            -- not claimed before
    parked_until    BIGINT NOT NULL DEFAULT 0,  -- no trigger brings run_at before this
    first_waiting   BIGINT NOT NULL DEFAULT 0,  -- the first trigger since the last claim, 0: none
    attempts        BIGINT NOT NULL DEFAULT 0,  -- claims of this generation
    crashes         BIGINT NOT NULL DEFAULT 0,  -- claims in a row that ended without a word
    fence           BIGINT NOT NULL DEFAULT 0,  -- claims ever
    lease_owner     TEXT NOT NULL DEFAULT '',
    lease_until     BIGINT NOT NULL DEFAULT 0,
    served          BIGINT NOT NULL DEFAULT 0,  -- place in the order of claims, for fairness
    finished_at     BIGINT NOT NULL DEFAULT 0,
    touched_at      BIGINT NOT NULL,            -- last trigger or outcome
    incident        TEXT NOT NULL DEFAULT '',
    error           TEXT NOT NULL DEFAULT ''
);

CREATE INDEX targets_by_installation ON targets (installation, state, run_at);
CREATE INDEX targets_by_repo ON targets (repo, state, author);
CREATE INDEX targets_served ON targets (repo, author, served);
CREATE INDEX targets_due ON targets (state, run_at);
CREATE INDEX targets_leased ON targets (lease_until) WHERE state = 'running';

-- What was delivered in the last days, so that a delivery that comes twice changes nothing.
CREATE TABLE deliveries (
    guid        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    event       TEXT NOT NULL,
    action      TEXT,
    target_key  TEXT COLLATE "C",
    received_at BIGINT NOT NULL
);

CREATE INDEX deliveries_received ON deliveries (received_at);

-- What was written to GitHub, recorded before it was sent.
CREATE TABLE writes (
    id         BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target_key TEXT COLLATE "C" NOT NULL REFERENCES targets (key) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    head       TEXT NOT NULL,
    state      TEXT NOT NULL,  -- intended, done, void
    at         BIGINT NOT NULL,
    github_id  BIGINT,
    detail     TEXT NOT NULL   -- JSON of the writer
);

CREATE INDEX writes_by_target ON writes (target_key, id);
