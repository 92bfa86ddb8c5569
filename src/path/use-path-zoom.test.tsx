// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react';
import type { MouseEvent, PointerEvent, ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { EMPTY_LINK, MAX_PATH_SCALE } from '#src/state/link-state.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection } from '#src/testing/fake-worker.ts';
import type { Stop } from './stops.ts';
import { usePathScale, usePathZoom } from './use-path-zoom.ts';

const stop = (key: string, x: number): Stop => ({
  key,
  kind: 'hop',
  x,
  y: 10,
  hop: 0,
  at: 0,
  ask: () => null,
  field: 'hop',
});

function show(scale = 1) {
  const store = createPageStore({ ...EMPTY_LINK, scale });
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  const element = document.createElement('div');
  const scrolled = vi.spyOn(element, 'scrollTo');
  const scroll = { current: element };
  const hook = renderHook(
    ({ stops }: { readonly stops: readonly Stop[] }) => usePathZoom(scroll, usePathScale(), stops),
    {
      initialProps: { stops: [stop('a', 100)] },
      wrapper: ({ children }: { readonly children: ReactNode }) => (
        <SessionContext value={session}>{children}</SessionContext>
      ),
    },
  );
  return { ...hook, store, element, scrolled };
}

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('the size of the path', () => {
  it('is in the link once the wheel rests, not at each turn of it, and within its bounds', () => {
    vi.useFakeTimers();
    const { result, store, element } = show();
    const links: number[] = [];
    store.subscribe(({ link }) => void links.push(link.scale));
    // The key is none of the wheel's in happy-dom.
    const turned = () => Object.assign(new WheelEvent('wheel', { deltaY: -50 }), { ctrlKey: true });
    for (let turn = 0; turn < 40; turn++) act(() => void element.dispatchEvent(turned()));
    expect(result.current.scale).toBe(MAX_PATH_SCALE);
    expect(links).toEqual([]);
    act(() => void vi.advanceTimersByTime(1000));
    expect(links).toEqual([MAX_PATH_SCALE]);
    // Back.
    act(() => store.setState({ link: EMPTY_LINK }));
    expect(result.current.scale).toBe(1);
  });

  it('keeps a hop in its place, and moves nothing later when it could grow no more', () => {
    const { result, rerender, scrolled } = show(2);
    act(() => result.current.by(1.5, stop('a', 100)));
    rerender({ stops: [stop('a', 150)] });
    expect(scrolled).toHaveBeenCalledTimes(1);
    act(() => result.current.by(9, stop('a', 150)));
    scrolled.mockClear();
    act(() => result.current.by(1.5, stop('a', 150)));
    // A filter, an Update.
    rerender({ stops: [stop('a', 160)] });
    expect(scrolled).not.toHaveBeenCalled();
  });

  it.each([
    ['has no room to be dragged in: a hand that is not still clicks', 600, false],
    ['is larger than the pane: it is dragged, and nothing chosen', 900, true],
  ])('%s', (_what, scrollWidth, isDragged) => {
    const { result, element } = show(2);
    Object.defineProperties(element, { scrollWidth: { value: scrollWidth }, clientWidth: { value: 600 } });
    const at = (clientX: number): PointerEvent =>
      ({
        button: 0,
        buttons: 1,
        pointerType: 'mouse',
        clientX,
        clientY: 0,
        currentTarget: element,
      }) as unknown as PointerEvent;
    element.setPointerCapture = () => undefined;
    const stopPropagation = vi.fn<() => void>();
    result.current.pan.onPointerDown(at(100));
    result.current.pan.onPointerMove(at(105));
    result.current.pan.onPointerUp();
    result.current.pan.onClickCapture({ stopPropagation } as unknown as MouseEvent);
    expect(stopPropagation).toHaveBeenCalledTimes(isDragged ? 1 : 0);
  });
});
