/** Shown while the first answer is on its way; says what is being waited for. Nothing moves. */
export function Loading({ what }: Readonly<{ what: string }>) {
  return (
    <p className="state muted" role="status">
      Loading {what} …
    </p>
  )
}
