import Checkbox from "@cloudscape-design/components/checkbox";

/** Whether a stop takes the deployments back that were made (API reference, CancelDeployment). */
export function AlsoCancel({ checked, onChange }: { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <Checkbox
      checked={checked}
      onChange={({ detail }) => onChange(detail.checked)}
      description="Devices that have not received theirs never get it. Devices that already have received one are unchanged: they carry it out."
      data-testid="watch-also-cancel"
    >
      Also cancel the deployments that were made and have not ended
    </Checkbox>
  );
}
