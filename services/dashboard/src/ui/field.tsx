import type { ComponentChildren } from 'preact';
import './field.css';

interface FieldProps {
  id: string;
  label: string;
  /** What the field means, below it. */
  hint?: ComponentChildren;
  /** What is wrong with it; shown in place of the hint. */
  problem?: string | undefined;
  children: ComponentChildren;
}

/** A label, a control with the id of the field, and below it what it means or what is wrong. */
export function Field({ id, label, hint, problem, children }: FieldProps) {
  const isWrong = problem !== undefined;
  return (
    <div class={isWrong ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {children}
      {(isWrong || hint !== undefined) && <p id={`${id}-note`}>{problem ?? hint}</p>}
    </div>
  );
}

interface NumberFieldProps extends Omit<FieldProps, 'children'> {
  value: string;
  onInput(value: string): void;
  bounds: readonly [min: number, max: number];
  placeholder?: string;
  /** Beside the number, say a button. */
  beside?: ComponentChildren;
}

/** A whole number that is typed in. */
export function NumberField(props: NumberFieldProps) {
  const { value, onInput, bounds, placeholder, beside, ...field } = props;
  const { id, problem, hint } = field;
  return (
    <Field {...field}>
      <span class="joined">
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={bounds[0]}
          max={bounds[1]}
          step={1}
          value={value}
          placeholder={placeholder}
          aria-invalid={problem !== undefined}
          aria-describedby={problem || hint ? `${id}-note` : undefined}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
        {beside}
      </span>
    </Field>
  );
}

interface SelectFieldProps extends Omit<FieldProps, 'children'> {
  value: string;
  onChange(value: string): void;
  options: readonly (readonly [value: string, text: string])[];
}

/** One of some values. */
export function SelectField({ value, onChange, options, ...field }: SelectFieldProps) {
  const { id, problem, hint } = field;
  return (
    <Field {...field}>
      <select
        id={id}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
