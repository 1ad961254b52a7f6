//! What crosses the door, read by hand: structs from the members of an object, and closed lists of words.
//!
//! What serde derives reads structs from arrays and words from numbers as well, and weighs a browser three times as much.

/// Reads a struct from an object, each member under its name; one that is `optional` has its default where it is absent.
macro_rules! read_members {
    ($type:ident, $what:literal, { $($name:literal = $field:ident $($optional:ident)?),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;
                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($what)
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        use serde::de::Error as _;
                        $(let mut $field = read_members!(@absent $($optional)?);)+
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $($name => $field = read_members!(@given map $($optional)?),)+
                                _ => return Err(A::Error::custom(format_args!(concat!($what, " has no `{}`"), name))),
                            }
                        }
                        Ok($type {
                            $($field: read_members!(@value $field $name $($optional)?),)+
                        })
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }
    };
    (@absent optional) => {
        Default::default()
    };
    (@absent) => {
        None
    };
    (@given $map:ident optional) => {
        $map.next_value()?
    };
    (@given $map:ident) => {
        Some($map.next_value()?)
    };
    (@value $field:ident $name:literal optional) => {
        $field
    };
    (@value $field:ident $name:literal) => {
        match $field {
            Some(value) => value,
            None => return Err(A::Error::missing_field($name)),
        }
    };
}

/// Reads a word of a closed list.
macro_rules! read_words {
    ($type:ident, $what:literal, { $($word:literal = $variant:ident),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error as _;
                match String::deserialize(deserializer)?.as_str() {
                    $($word => Ok(Self::$variant),)+
                    other => Err(D::Error::custom(format_args!(concat!("`{}` is not ", $what), other))),
                }
            }
        }
    };
}

pub(crate) use {read_members, read_words};
