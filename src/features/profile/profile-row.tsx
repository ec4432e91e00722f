// biome-ignore-all lint/a11y/useSemanticElements: rows that are only there while they are in sight are no rows of a table element
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { describeNotice } from "@deskhand/shared/schemas/profile-notice";
import { memo, type ReactNode } from "react";
import { type ColumnName, columns } from "./columns.tsx";
import classes from "./profile-row.module.css";

type Place = { index: number; top: number; height: number };
type Props = Place & {
  profile: ProfileView;
  shownColumns: readonly ColumnName[];
  selected: boolean;
  isCursor: boolean;
  /** The page's clock, milliseconds since the epoch. */
  now: number;
  /** In the place of the button that asks for it. */
  menu: ReactNode;
};

const noop = () => {};

/**
 * One profile of the table. No hook, no listener and no component of its own: the table listens for all of its rows, so that what comes into
 * sight while one scrolls costs little more than its text. Drawn again only when something of it changes.
 */
export const ProfileRow = memo(function ProfileRow({ index, top, height, profile, shownColumns, selected, isCursor, now, menu }: Props) {
  return (
    <div
      role="row"
      id={`profile-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      data-cursor={isCursor || undefined}
      tabIndex={-1}
      className={classes.row}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" tabIndex={-1} className={classes.check}>
        <input
          type="checkbox"
          className={classes.box}
          tabIndex={-1}
          aria-label={`Select ${profile.name}`}
          checked={selected}
          onChange={noop}
        />
      </div>
      <div role="gridcell" tabIndex={-1} className={`${classes.cell} ${classes.nameCell}`}>
        {profile.purgeAt ? (
          <span className={classes.name} title={profile.name}>
            {profile.name}
          </span>
        ) : (
          <a href={`/dashboard/profiles/${profile.id}`} className={classes.name} title={profile.name}>
            {profile.name}
          </a>
        )}
        {profile.notices.length > 0 && (
          <span
            className={classes.notice}
            title={profile.notices.map(describeNotice).join(" ")}
            role="img"
            aria-label="Something happened to it"
          >
            !
          </span>
        )}
      </div>
      {shownColumns.map((name) => (
        <div
          key={name}
          role="gridcell"
          tabIndex={-1}
          className={columns[name].dim ? `${classes.cell} ${classes.dim}` : classes.cell}
          data-column={name}
        >
          {columns[name].show(profile, now)}
        </div>
      ))}
      <div role="gridcell" tabIndex={-1} className={classes.actions}>
        {menu ?? (
          <button type="button" className={classes.more} data-menu aria-haspopup="menu" aria-label={`Actions for ${profile.name}`}>
            <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
              <circle cx="3" cy="8" r="1.25" />
              <circle cx="8" cy="8" r="1.25" />
              <circle cx="13" cy="8" r="1.25" />
            </svg>
          </button>
        )}
      </div>
    </div>
  );
});

/** One that is on its way. */
export const WaitingRow = memo(function WaitingRow({ top, height }: Omit<Place, "index">) {
  return (
    <div className={classes.row} style={{ height, transform: `translateY(${top}px)` }} aria-hidden>
      <span />
      <span className={classes.waiting} />
    </div>
  );
});
