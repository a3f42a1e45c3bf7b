// A button that copies the text beside it; where it cannot, the text is selected by hand.
export function offerCopy(group) {
  const button = group.querySelector('button')
  const text = group.querySelector('textarea')
  if (!navigator.clipboard) return
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text.value)
    group.querySelector('[role="status"]').textContent = button.dataset.copied
  })
}
