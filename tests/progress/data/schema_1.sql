-- A progress database as schema 1 left it. Released schemas are never edited.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    schema INTEGER NOT NULL,
    learner TEXT NOT NULL,
    verb TEXT NOT NULL,
    object TEXT NOT NULL,
    result TEXT NOT NULL,
    context TEXT NOT NULL,
    timestamp TEXT NOT NULL
);
CREATE INDEX events_by_object ON events (object, verb, seq);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
INSERT INTO events (id, schema, learner, verb, object, result, context, timestamp) VALUES
    ('0b6f8a52-6f0e-4a63-9d0e-5f0f0c6f2a01', 1, 'L-7F3K2Q', 'initialized', 'start/first_call', '{}',
     '{"mode":"practice"}', '2026-01-12T08:01:00.000Z'),
    ('0b6f8a52-6f0e-4a63-9d0e-5f0f0c6f2a02', 1, 'L-7F3K2Q', 'completed', 'start/first_call',
     '{"ending":"polite_no","mode":"practice"}', '{}', '2026-01-12T08:05:30.250Z'),
    ('0b6f8a52-6f0e-4a63-9d0e-5f0f0c6f2a03', 1, 'L-7F3K2Q', 'predicted', 'discovery_conversation/closing_effect',
     '{"brier":0.04,"option":1,"probability":80,"right":true}', '{}', '2026-01-12T08:31:00.000Z');
PRAGMA application_id = 1951624300;
PRAGMA user_version = 1;
