import { useState } from 'react';

type Source = {
  readonly alt_text: string;
  readonly image_url?: string;
  readonly slack_file?: { readonly id?: string; readonly url?: string };
};

/** An image with its own text in its place when it cannot be had. Opens in full on a click. */
export function Picture({ of, className }: { of: Source; className: string }) {
  const [broken, setBroken] = useState('');
  const source = sourceOf(of);
  if (!source || broken === source) return <span className="picture-missing">{of.alt_text}</span>;
  return (
    <a href={source} target="_blank" rel="noreferrer" className="picture-link">
      <img className={className} src={source} alt={of.alt_text} onError={() => setBroken(source)} />
    </a>
  );
}

function sourceOf({ slack_file: file, image_url: address }: Source): string | undefined {
  return file?.id ? `/_page/files/${encodeURIComponent(file.id)}` : (file?.url ?? address);
}
