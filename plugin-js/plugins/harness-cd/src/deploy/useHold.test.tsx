import { act, renderHook } from '@testing-library/react';
import { useHold } from './useHold';

describe('useHold', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('holds a dialog for a second after each time that something was sent', () => {
    const { result } = renderHook(useHold);
    const isHeldAfter = (ms: number) => {
      act(() => jest.advanceTimersByTime(ms));
      return result.current.held !== undefined;
    };
    expect(isHeldAfter(0)).toBe(false);
    act(() => result.current.hold());
    expect(isHeldAfter(600)).toBe(true);
    act(() => result.current.hold());
    expect(isHeldAfter(900)).toBe(true);
    expect(isHeldAfter(200)).toBe(false);
  });
});
