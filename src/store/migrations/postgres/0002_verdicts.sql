-- What an audit said about a tree of files on a base, so that a commit with the same content needs no audit.
CREATE TABLE verdicts (
    repo         BIGINT NOT NULL,
    tree         TEXT COLLATE "C" NOT NULL,
    base         TEXT COLLATE "C" NOT NULL,  -- the commit compared with, whose policy held
    maker        TEXT COLLATE "C" NOT NULL,  -- what made the verdict: version, rules, ceilings
    installation BIGINT NOT NULL,
    said         TEXT NOT NULL,              -- JSON of the writer
    at           BIGINT NOT NULL,
    PRIMARY KEY (repo, tree, base, maker)
);

CREATE INDEX verdicts_at ON verdicts (at);
CREATE INDEX verdicts_by_installation ON verdicts (installation);
