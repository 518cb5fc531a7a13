import { CONTROL_ESTIMATORS, type Control } from './controls.ts'
import { drawDrill, type LabFault } from './draw-drill.ts'
import { runDrill } from './run-drill.ts'
import { scoreDrill, type Score } from './score-drill.ts'

/** What one drill came to, with what the control estimators made of the same evidence. */
export type Scored = Readonly<{
  seed: number
  strategy: string
  fault: LabFault
  scores: readonly Score[]
  controls: Readonly<Record<Control, readonly Score[]>>
}>

/** Plays the drill of a seed and scores it. */
export async function scoreSeed(seed: number): Promise<Scored> {
  const drill = drawDrill(seed)
  const played = await runDrill(drill)
  const arm = (name: Control) =>
    scoreDrill(played, CONTROL_ESTIMATORS[name]).filter(({ source }) => source === 'probes')
  return {
    seed,
    strategy: drill.strategy,
    fault: drill.fault,
    scores: scoreDrill(played),
    controls: {
      'alarm-as-onset': arm('alarm-as-onset'),
      'always-inconclusive': arm('always-inconclusive'),
      'undo-as-recovery': arm('undo-as-recovery'),
      'truth-from-probes': arm('truth-from-probes'),
    },
  }
}
