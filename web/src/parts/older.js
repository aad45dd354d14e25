// What the libraries call and Chromium 90 does not have yet. The build lowers syntax, not functions.
function lend(owner, name, value) {
  if (!owner[name]) Object.defineProperty(owner, name, { value, writable: true, configurable: true })
}

function at(index) {
  const whole = Math.trunc(index) || 0
  return this[whole < 0 ? this.length + whole : whole]
}

for (const kind of [Array, String, Object.getPrototypeOf(Int8Array)]) lend(kind.prototype, 'at', at)
lend(Object, 'hasOwn', (object, key) => Object.prototype.hasOwnProperty.call(object, key))
lend(Array.prototype, 'toReversed', function () {
  return [...this].reverse()
})
lend(Array.prototype, 'toSorted', function (compare) {
  return [...this].sort(compare)
})
