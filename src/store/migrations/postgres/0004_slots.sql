-- Who is publishing on a commit: one target at a time per repository and sha.
CREATE TABLE slots (
    repo   BIGINT NOT NULL,
    head   TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,  -- key of a target
    until  BIGINT NOT NULL,
    PRIMARY KEY (repo, head)
);

CREATE INDEX writes_by_head ON writes (head, target_key);
