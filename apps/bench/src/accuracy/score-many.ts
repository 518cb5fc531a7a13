import { CONTROL_ESTIMATORS, type Control } from './controls.ts'
import { drawDrill, type LabFault } from './draw-drill.ts'
import type { OpenSite } from './drill-site.ts'
import { openLab } from './lab-site.ts'
import { openSockets } from './socket-site.ts'
import { runDrill } from './run-drill.ts'
import { CLOCKED, scoreDrill, type Score, type Source } from './score-drill.ts'

/** What one drill came to, with what the control estimators made of the same evidence. */
export type Scored = Readonly<{
  seed: number
  strategy: string
  fault: LabFault
  /** Clocks were off by seconds. */
  isSkewed: boolean
  scores: readonly Score[]
  controls: Readonly<Record<Control, readonly Score[]>>
}>

/** Where a drill is played, each by its name; `sockets` watches from one vantage, since a real request takes its time. */
const SITES: Readonly<Record<Site, Readonly<{ open: OpenSite; vantagesMax: number }>>> = {
  lab: { open: openLab, vantagesMax: 3 },
  sockets: { open: openSockets, vantagesMax: 1 },
}
export type Site = 'lab' | 'sockets'

/** Plays the drill of a seed and scores it. */
export async function scoreSeed(seed: number, site: Site = 'lab'): Promise<Scored> {
  const { open, vantagesMax } = SITES[site]
  const drawn = drawDrill(seed)
  const drill = { ...drawn, vantages: Math.min(drawn.vantages, vantagesMax) }
  const played = await runDrill(drill, open)
  const arm = (name: Control, sources: readonly Source[] = ['probes']) =>
    scoreDrill(played, CONTROL_ESTIMATORS[name]).filter(({ source }) => sources.includes(source))
  return {
    seed,
    strategy: drill.strategy,
    fault: drill.fault,
    isSkewed: drill.skew !== undefined,
    scores: scoreDrill(played),
    controls: {
      'alarm-as-onset': arm('alarm-as-onset'),
      'always-inconclusive': arm('always-inconclusive'),
      'undo-as-recovery': arm('undo-as-recovery'),
      'truth-from-probes': arm('truth-from-probes'),
      'clocks-ignored': drill.skew === undefined ? [] : arm('clocks-ignored', CLOCKED),
    },
  }
}
