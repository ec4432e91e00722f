import type { Identity } from "@deskhand/shared/schemas/identity";
import { NumberInput, SimpleGrid, Stack, Switch } from "@mantine/core";

type Place = Identity["geolocation"];
type Props = { value: Place; onChange: (place: Place) => void; errorAt: (path: string) => string | undefined };

/** Somewhere to begin with: as good as any other, and plainly not yet chosen. */
const nowhere = { latitude: 0, longitude: 0, accuracy: 100 };
const fields = [
  { key: "latitude", label: "Latitude", min: -90, max: 90, decimals: 6 },
  { key: "longitude", label: "Longitude", min: -180, max: 180, decimals: 6 },
  { key: "accuracy", label: "Accuracy in metres", min: 0, max: 100_000, decimals: 0 },
] as const;

/** Where pages that ask are told the device is; without it they may not ask. */
export function PlaceFields({ value, onChange, errorAt }: Props) {
  return (
    <Stack gap="xs">
      <Switch
        label="Tell pages where the device is"
        description="Pages that ask get this place. It should be where the time zone and the proxy are."
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? nowhere : null)}
      />
      {value && (
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          {fields.map(({ key, label, min, max, decimals }) => (
            <NumberInput
              key={key}
              label={label}
              min={min}
              max={max}
              decimalScale={decimals}
              hideControls
              value={value[key]}
              onChange={(number) => onChange({ ...value, [key]: typeof number === "number" ? number : 0 })}
              error={errorAt(`geolocation.${key}`)}
            />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}
