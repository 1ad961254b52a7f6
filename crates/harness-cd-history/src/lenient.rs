//! Reads JSON by what it holds, not by what was announced: a member of an unexpected type counts as absent, so one
//! odd value costs that value and not the page. Only text that is no JSON at all is an error.
//!
//! Strings are borrowed from the body and nothing is collected that is not asked for: this is the hot path of history.
//! Values are read in place through one visitor, so that serde_json's reader is compiled once and not for every type.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text, a number or a truth value.
pub(crate) enum Scalar<'de> {
    Text(Cow<'de, str>),
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

/// A place that a JSON value is read into: it takes the kinds of value it can use, and stays as it is where another
/// kind comes. Null is no value.
pub(crate) trait Lenient<'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    /// An object begins.
    fn object(&mut self) {}

    /// Where to read the member of that name into; `None` skips it.
    fn member(&mut self, _name: &Cow<'de, str>) -> Option<&mut dyn Lenient<'de>> {
        None
    }

    /// Where to read the next element of a list into; `None` skips it.
    fn element(&mut self) -> Option<&mut dyn Lenient<'de>> {
        None
    }
}

/// Reads one value into its place.
pub(crate) struct ReadInto<'p, 'de>(pub(crate) &'p mut dyn Lenient<'de>);

impl<'de> DeserializeSeed<'de> for ReadInto<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadInto<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.scalar(Scalar::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.scalar(Scalar::Signed(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.scalar(Scalar::Unsigned(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.scalar(Scalar::Float(value));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.scalar(Scalar::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.scalar(Scalar::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(NextElement(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.object();
        while let Some(Key(name)) = map.next_key()? {
            read_member(self.0, &name, &mut map)?;
        }
        Ok(())
    }
}

/// Reads the value of the member of that name into its place in `object`, or skips it.
pub(crate) fn read_member<'de, A: MapAccess<'de>>(
    object: &mut dyn Lenient<'de>,
    name: &Cow<'de, str>,
    map: &mut A,
) -> Result<(), A::Error> {
    match object.member(name) {
        Some(member) => map.next_value_seed(ReadInto(member)),
        None => map.next_value::<IgnoredAny>().map(drop),
    }
}

/// Asks for a place only when there is another element.
struct NextElement<'p, 'de>(&'p mut dyn Lenient<'de>);

impl<'de> DeserializeSeed<'de> for NextElement<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.element() {
            Some(element) => ReadInto(element).deserialize(deserializer),
            None => IgnoredAny::deserialize(deserializer).map(drop),
        }
    }
}

/// A text, or a number or truth value in its place; absent otherwise, and where it is empty.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> Text<'a> {
    /// The text, borrowed from the body where it stands there without escapes.
    pub(crate) fn cow(&self) -> Option<Cow<'a, str>> {
        self.0.clone().filter(|text| !text.is_empty())
    }

    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    pub(crate) fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }
}

impl<'de> Lenient<'de> for Text<'de> {
    fn scalar(&mut self, value: Scalar<'de>) {
        self.0 = Some(match value {
            Scalar::Text(text) => text,
            Scalar::Bool(true) => "true".into(),
            Scalar::Bool(false) => "false".into(),
            Scalar::Signed(number) => number.to_string().into(),
            Scalar::Unsigned(number) => number.to_string().into(),
            Scalar::Float(number) => number.to_string().into(),
        });
    }
}

/// A whole number, or a text that writes one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Number(pub(crate) Option<i64>);

impl Number {
    pub(crate) fn unsigned(self) -> Option<u64> {
        self.0.and_then(|number| u64::try_from(number).ok())
    }
}

impl<'de> Lenient<'de> for Number {
    fn scalar(&mut self, value: Scalar<'de>) {
        self.0 = match value {
            Scalar::Signed(number) => Some(number),
            Scalar::Unsigned(number) => i64::try_from(number).ok(),
            Scalar::Float(number) => exact(number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        };
    }
}

/// Whole numbers beyond 2^53 are not exact in a float, and no instant or count is that large.
fn exact(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "within the exact range")]
    (number.abs() <= EXACT).then_some(number as i64)
}

/// A list; anything else counts as an empty one.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Lenient<'de> + Default> Lenient<'de> for List<T> {
    fn element(&mut self) -> Option<&mut dyn Lenient<'de>> {
        self.0.push(T::default());
        self.0.last_mut().map(|element| element as _)
    }
}

/// An object as a list of its members, in the order they are written; anything else counts as an empty one.
#[derive(Debug)]
pub(crate) struct Entries<'a, T>(pub(crate) Vec<(Cow<'a, str>, T)>);

impl<T> Default for Entries<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Lenient<'de> + Default> Lenient<'de> for Entries<'de, T> {
    fn member(&mut self, name: &Cow<'de, str>) -> Option<&mut dyn Lenient<'de>> {
        self.0.push((name.clone(), T::default()));
        self.0.last_mut().map(|(_, member)| member as _)
    }
}

/// The name of a member, borrowed where it is written without escapes.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// An object; anything else counts as absent.
#[derive(Debug)]
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Lenient<'de> + Default> Lenient<'de> for Maybe<T> {
    fn object(&mut self) {
        self.0 = Some(T::default());
    }

    fn member(&mut self, name: &Cow<'de, str>) -> Option<&mut dyn Lenient<'de>> {
        self.0.as_mut()?.member(name)
    }
}

/// Declares objects: their fields with the member names they are read from. Other members are skipped. Harness writes
/// no member twice; of one that is, the later value is read over the earlier.
macro_rules! object {
    ($($(#[$attribute:meta])* $name:ident { $($field:ident: $type:ty = $($member:literal)|+),+ $(,)? })+) => { $(
        $(#[$attribute])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<'a> { $(pub(crate) $field: $type),+ }

        impl<'a> $crate::lenient::Lenient<'a> for $name<'a> {
            fn member(
                &mut self,
                name: &std::borrow::Cow<'a, str>,
            ) -> Option<&mut dyn $crate::lenient::Lenient<'a>> {
                match name.as_ref() {
                    $($($member)|+ => Some(&mut self.$field),)+
                    _ => None,
                }
            }
        }
    )+ };
}
pub(crate) use object;
