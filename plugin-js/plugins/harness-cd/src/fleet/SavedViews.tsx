import { type FormEvent, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  TextField,
} from '@backstage/ui';
import { harnessCdTranslationRef } from '../translation';
import { useSavedViews } from './useSavedViews';

const MAX_NAME = 60;

function NameOfView(props: { isOpen: boolean; onClose: () => void; onSave: (name: string) => void }) {
  const { isOpen, onClose, onSave } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    onSave(name.trim());
    setName('');
  };
  return (
    <Dialog width={400} isOpen={isOpen} onOpenChange={open => !open && onClose()}>
      <form onSubmit={submit}>
        <DialogHeader>{t('fleet.saveView')}</DialogHeader>
        <DialogBody>
          <TextField label={t('fleet.viewName')} value={name} onChange={setName} maxLength={MAX_NAME} isRequired />
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={onClose}>
            {t('fleet.cancel')}
          </Button>
          <Button type="submit">{t('fleet.save')}</Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

/** The reader's own views: one is opened, saved under a name, or removed. */
export function SavedViews({ search, onOpen }: { search: string; onOpen: (search: string) => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { views, save, remove } = useSavedViews();
  const [isNaming, setIsNaming] = useState(false);
  const current = views.find(view => view.search === search);
  return (
    <>
      <MenuTrigger>
        <Button size="small" variant="secondary">
          {current?.name ?? t('fleet.savedViews')}
        </Button>
        <Menu>
          <MenuSection title={t('fleet.savedViews')}>
            {views.map(view => (
              <MenuItem key={view.name} onAction={() => onOpen(view.search)}>
                {view.name}
              </MenuItem>
            ))}
          </MenuSection>
          <MenuItem onAction={() => setIsNaming(true)}>{t('fleet.saveView')}</MenuItem>
          {current ? (
            <MenuItem color="danger" onAction={() => remove(current.name)}>
              {t('fleet.removeView', { name: current.name })}
            </MenuItem>
          ) : null}
        </Menu>
      </MenuTrigger>
      <NameOfView
        isOpen={isNaming}
        onClose={() => setIsNaming(false)}
        onSave={name => {
          setIsNaming(false);
          save({ name, search });
        }}
      />
    </>
  );
}
