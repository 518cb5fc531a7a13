import { z } from 'zod'
import { apiVersionField, described, metadataField } from './fields.ts'

/** The front matter of a runbook; its steps are the Markdown below it. */
export const runbookHeadSchema = z
  .strictObject({
    apiVersion: apiVersionField,
    kind: described(z.literal('Runbook'), 'What this file describes.', 'Runbook'),
    metadata: metadataField('runbook', 'evacuate-checkout', 'Evacuate checkout to the standby Region'),
  })
  .meta({ title: 'Firedrill runbook', description: 'Front matter of a runbook.' })
