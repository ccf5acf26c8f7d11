/** The emoji names that business messages use; any other name is shown as it was written. */
const EMOJI = {
  bell: "🔔", calendar: "📅", clipboard: "📋", clock3: "🕒", eyes: "👀", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  information_source: "ℹ️", key: "🔑", link: "🔗", lock: "🔒", memo: "📝", mag: "🔍", moneybag: "💰", no_entry: "⛔",
  no_entry_sign: "🚫", octagonal_sign: "🛑", question: "❓", rocket: "🚀", speech_balloon: "💬", tada: "🎉",
  thumbsdown: "👎", thumbsup: "👍", unlock: "🔓", warning: "⚠️", wave: "👋", white_check_mark: "✅", x: "❌",
};

/** The character of a name without its colons, or `:name:`. */
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;
