-- What people asked about a target. Answered by whoever works on it.
CREATE TABLE requests (
    id           TEXT COLLATE "C" NOT NULL,             -- guid of the delivery that brought it
    target_key   TEXT COLLATE "C" NOT NULL REFERENCES targets (key) ON DELETE CASCADE,
    installation BIGINT NOT NULL,
    who          TEXT COLLATE "C" NOT NULL DEFAULT '',  -- login of who asked, if it was by a command
    asked        TEXT NOT NULL,                         -- JSON
    state        TEXT NOT NULL,                         -- open, granted, refused, done
    at           BIGINT NOT NULL,
    PRIMARY KEY (id, target_key)
);

CREATE INDEX requests_by_target ON requests (target_key, at);
CREATE INDEX requests_by_user ON requests (installation, who, at);

-- 1: the last review could not do all it should, for want of a permission.
ALTER TABLE targets ADD COLUMN degraded BIGINT NOT NULL DEFAULT 0;
