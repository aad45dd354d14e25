// <form data-draft="NAME">: what is typed stays on this device until it has been sent, for a day.
// A page with [data-draft-done="NAME"] says that it has been; several steps may share one name.
const lifetime = 24 * 60 * 60 * 1000
const place = (name) => `gongzhi.draft.${name}`

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(place(name)))
    return draft && Date.now() - draft.at < lifetime ? draft.values : {}
  } catch {
    return {}
  }
}

function write(name, values) {
  try {
    localStorage.setItem(place(name), JSON.stringify({ at: Date.now(), values }))
  } catch {
    // Storage is full or forbidden: the form still works, it only forgets.
  }
}

function kept(field) {
  return (
    field.name &&
    field.name !== 'csrfmiddlewaretoken' &&
    !['password', 'file', 'submit', 'button', 'hidden'].includes(field.type) &&
    field.dataset.keep !== 'no'
  )
}

const chosen = (field) => field.type === 'checkbox' || field.type === 'radio'

function collect(form) {
  const values = { ...read(form.dataset.draft) }
  for (const field of form.elements) {
    if (!kept(field)) continue
    if (chosen(field)) values[`${field.name}=${field.value}`] = field.checked
    else values[field.name] = field.value
  }
  return values
}

/** Only what the server left blank is filled in: an answer that came back corrected stands. */
function restore(form) {
  const values = read(form.dataset.draft)
  const answered = new Set(
    [...form.elements].filter((field) => chosen(field) && field.checked).map((field) => field.name),
  )
  for (const field of form.elements) {
    if (!kept(field)) continue
    if (chosen(field)) {
      if (!answered.has(field.name)) field.checked = values[`${field.name}=${field.value}`] ?? field.checked
    } else if (!field.value && values[field.name]) {
      field.value = values[field.name]
    }
  }
}

function inside(root, selector) {
  const found = [...root.querySelectorAll(selector)]
  if (root.matches?.(selector)) found.push(root)
  return found
}

export function keepDrafts(root) {
  for (const done of inside(root, '[data-draft-done]')) localStorage.removeItem(place(done.dataset.draftDone))
  for (const form of inside(root, 'form[data-draft]')) {
    if (form.dataset.draftKept) continue
    form.dataset.draftKept = 'yes'
    restore(form)
    form.addEventListener('input', () => write(form.dataset.draft, collect(form)))
    form.addEventListener('submit', () => write(form.dataset.draft, collect(form)))
  }
}
