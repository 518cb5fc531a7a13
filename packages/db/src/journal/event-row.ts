import type { Actor, ActorKind, JournalEvent, RunEventType, RunId } from '@firedrill/core'
import { platformOf, worldOf } from '../connection/micros.ts'
import { lifted } from './upcast.ts'

/** A row of `run_event` as the pool reads it. */
export type EventRow = Readonly<{
  run_id: string
  seq: number
  type: string
  v: number
  at: number
  world_at: number
  actor_kind: string
  actor_id: string
  actor_name: string
  epoch: number | null
  caused_by: number | null
  data: JournalEvent['data']
  prev: string
  hash: string
}>

/** The columns of `EventRow`, in SQL. */
export const EVENT_COLUMNS =
  'run_id, seq, type, v, at, world_at, actor_kind, actor_id, actor_name, epoch, caused_by, data, prev, hash'

/** A stored event in the current version of its type. */
export function eventOf(row: EventRow): JournalEvent {
  return lifted({
    runId: row.run_id as RunId,
    seq: row.seq,
    v: row.v,
    type: row.type as RunEventType,
    at: platformOf(row.at),
    worldAt: worldOf(row.world_at),
    actor: actorOf(row.actor_kind, row.actor_id, row.actor_name),
    ...(row.epoch === null ? {} : { epoch: row.epoch }),
    ...(row.caused_by === null ? {} : { causedBy: row.caused_by }),
    data: row.data,
    prev: row.prev,
    hash: row.hash,
  })
}

/** An actor from its three columns; the kind is held to core's list by a check. */
export function actorOf(kind: string, id: string, name: string): Actor {
  return { kind: kind as ActorKind, id, name }
}
