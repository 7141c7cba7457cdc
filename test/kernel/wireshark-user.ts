/** The environment of a user of Wireshark who has set no preference: who has no home, as nobody(5). */
export const NO_PREFERENCES = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };
