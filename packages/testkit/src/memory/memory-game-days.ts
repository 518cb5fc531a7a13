import type { GameDay, GameDayStore, ScribeLine } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `GameDayStore`. */
export function memoryGameDays(data: MemoryData): GameDayStore {
  const standing = (teamId: string) => {
    const found = new Map<string, GameDay>()
    for (const day of data.gameDays) if (day.teamId === teamId) found.set(day.id, day)
    return found
  }
  const linesOf = (id: string): readonly ScribeLine[] =>
    data.scribeLines.filter((line) => line.day === id).map(({ day: _day, ...line }) => line)
  return {
    list: async (teamId) =>
      structuredClone([...standing(teamId).values()].sort((a, b) => (a.date < b.date ? 1 : -1))),
    get: async (teamId, id) => structuredClone(standing(teamId).get(id)),
    write: async ({ teamId, id, version }, terms, by) => {
      const [first, ...later] = data.gameDays.filter((day) => day.id === id)
      if ([first, ...later].some((day) => day?.version === version)) return false
      const at = data.now()
      const about = { id, teamId, version, createdAt: first?.createdAt ?? at, changedAt: at, changedBy: by }
      data.gameDays.push(structuredClone({ ...terms, ...about }))
      return true
    },
    lines: async (id) => structuredClone([...linesOf(id)]),
    addLine: async ({ id, number }, text, by) => {
      if (linesOf(id).some((line) => line.number === number)) return false
      data.scribeLines.push({ day: id, number, at: data.now(), by, text })
      return true
    },
  }
}
