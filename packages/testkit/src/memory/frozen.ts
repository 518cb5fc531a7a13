/**
 * A value of plain data that nobody can change any more, however deep: a store may hand it out itself, where a copy would cost
 * most of a test. What is frozen already is not looked into again.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) frozen(member)
  return value
}
