/**
 * State is said in coloured circles and marks. They are drawn here, so that a picture of the page shows them also where no
 * colour emoji font is installed (most servers); every other emoji is left to the reader's fonts.
 */
const CIRCLES: Readonly<Record<string, string>> = {
  '🔴': '#dd2e44',
  '🟠': '#f4900c',
  '🟡': '#fdcb58',
  '🟢': '#78b159',
  '🔵': '#55acee',
  '⚪': '#e1e4e8',
  '⚫': '#31373d',
};
const MARKS: Readonly<Record<string, { readonly paint: string; readonly path: string }>> = {
  '✅': { paint: '#78b159', path: 'M4.5 9.4l3 3 6-6.6' },
  '❌': { paint: '#dd2e44', path: 'M5 5l8 8M13 5l-8 8' },
};
const DRAWN = new RegExp(`(${[...Object.keys(CIRCLES), ...Object.keys(MARKS)].join('|')})\uFE0F?`, 'gu');

/** Text with its drawn emoji; line breaks are the style sheet's. */
export function WithEmoji({ text }: { text: string }) {
  return text.split(DRAWN).map((part, index) => (index % 2 === 1 ? <Emoji key={`${index}`} sign={part} /> : part));
}

function Emoji({ sign }: { sign: string }) {
  const mark = MARKS[sign];
  return (
    <svg className="emoji" viewBox="0 0 18 18" role="img" aria-label={sign}>
      {mark ? (
        <>
          <rect width="18" height="18" rx="3" fill={mark.paint} />
          <path d={mark.path} fill="none" stroke="#fff" strokeWidth="2.2" />
        </>
      ) : (
        <circle cx="9" cy="9" r="8.5" fill={CIRCLES[sign]} stroke="#0002" />
      )}
    </svg>
  );
}
