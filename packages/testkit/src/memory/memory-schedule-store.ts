import type { CalendarStore, Schedule, ScheduleStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `ScheduleStore`; passes the same suite as the real one. */
export function memoryScheduleStore(data: MemoryData): ScheduleStore {
  const known = ({ teamId, id, version }: Pick<Schedule, 'teamId' | 'id' | 'version'>) => {
    const kept = data.schedules.get(id)
    if (kept === undefined || kept.teamId !== teamId) return 'gone'
    return kept.version === version ? kept : 'stale'
  }
  const soonest = (a: Schedule, b: Schedule) =>
    (a.nextAt ?? Infinity) - (b.nextAt ?? Infinity) || (a.id < b.id ? -1 : 1)
  return {
    create: async (schedule) => {
      const at = data.now()
      const kept = { ...schedule, version: 1, createdAt: at, updatedAt: at, updatedBy: schedule.createdBy }
      data.schedules.set(schedule.id, kept)
      return structuredClone(kept)
    },
    get: async (teamId, id) => {
      const kept = data.schedules.get(id)
      return kept?.teamId === teamId ? structuredClone(kept) : undefined
    },
    list: async (teamId) =>
      structuredClone([...data.schedules.values()].filter((one) => one.teamId === teamId).sort(soonest)),
    change: async (schedule, terms, nextAt, actor) => {
      const kept = known(schedule)
      if (typeof kept === 'string') return kept
      const { id, teamId, drillId, createdAt, createdBy } = kept
      const changed = {
        ...terms,
        id,
        teamId,
        drillId,
        createdAt,
        createdBy,
        version: kept.version + 1,
        ...(nextAt === undefined ? {} : { nextAt }),
        updatedAt: data.now(),
        updatedBy: actor,
      }
      data.schedules.set(id, changed)
      return structuredClone(changed)
    },
    remove: async (schedule) => {
      const kept = known(schedule)
      if (typeof kept === 'string') return kept
      data.schedules.delete(kept.id)
      return 'removed'
    },
    due: async (limit) =>
      structuredClone(
        [...data.schedules.values()]
          .filter((one) => one.enabled && one.nextAt !== undefined && one.nextAt <= data.now())
          .sort(soonest)
          .slice(0, limit),
      ),
    settle: async (read, occurrences, nextAt) => {
      for (const one of occurrences) {
        const key = `${read.id}/${one.at}`
        if (!data.occurrences.has(key)) data.occurrences.set(key, { ...one })
      }
      const kept = data.schedules.get(read.id)
      if (kept === undefined || kept.version !== read.version || kept.nextAt !== read.nextAt) return
      const { nextAt: _, ...rest } = kept
      data.schedules.set(read.id, nextAt === undefined ? rest : { ...rest, nextAt })
    },
    occurrences: async (teamId, from, to) =>
      [...data.occurrences.values()]
        .filter((one) => one.teamId === teamId && one.at >= from && one.at < to)
        .sort((a, b) => a.at - b.at || (a.scheduleId < b.scheduleId ? -1 : 1)),
  }
}

/** In-memory `CalendarStore`. */
export function memoryCalendarStore(data: MemoryData): CalendarStore {
  return {
    put: async (calendar) => {
      const kept = { ...calendar, at: data.now() }
      data.calendars.set(`${calendar.teamId}/${calendar.name}`, kept)
      return structuredClone(kept)
    },
    list: async (teamId) =>
      structuredClone(
        [...data.calendars.values()]
          .filter((one) => one.teamId === teamId)
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    remove: async (teamId, name) => data.calendars.delete(`${teamId}/${name}`),
  }
}
