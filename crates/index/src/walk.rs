//! Every text in an event, with the name of its field: what there is to search, whatever the event's kind.
//!
//! A serializer that keeps nothing but texts, so that kinds which come later are found too.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

/// Takes texts: the field's name, the text, and how deep the field lies.
pub trait Texts {
    /// One text.
    fn text(&mut self, field: &str, text: &str, depth: usize);
}

/// Hands all texts of a value to `texts`.
pub fn walk(value: &impl Serialize, texts: &mut dyn Texts) {
    // Only a value that cannot be serialised at all fails; then there is nothing to find in it.
    let _ = value.serialize(&mut Walker {
        texts,
        field: "",
        depth: 0,
    });
}

struct Walker<'t, 'f> {
    texts: &'t mut dyn Texts,
    field: &'f str,
    depth: usize,
}

impl Walker<'_, '_> {
    fn under(&mut self, field: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Nothing> {
        value.serialize(&mut Walker {
            texts: self.texts,
            field,
            depth: self.depth + 1,
        })
    }
}

/// Why nothing can be found.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Nothing(String);

impl ser::Error for Nothing {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// What lies inside of something: fields or items.
pub struct Inside<'w, 't, 'f> {
    walker: &'w mut Walker<'t, 'f>,
    /// Of a variant with fields: its name stands for a field `number`.
    variant: Option<&'static str>,
    key: String,
}

macro_rules! skipped {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(self, _: $type) -> Result<(), Nothing> { Ok(()) })*
    };
}

impl<'w, 't, 'f> ser::Serializer for &'w mut Walker<'t, 'f> {
    type Ok = ();
    type Error = Nothing;
    type SerializeSeq = Inside<'w, 't, 'f>;
    type SerializeTuple = Inside<'w, 't, 'f>;
    type SerializeTupleStruct = Inside<'w, 't, 'f>;
    type SerializeTupleVariant = Inside<'w, 't, 'f>;
    type SerializeMap = Inside<'w, 't, 'f>;
    type SerializeStruct = Inside<'w, 't, 'f>;
    type SerializeStructVariant = Inside<'w, 't, 'f>;

    skipped! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_char(self, c: char) -> Result<(), Nothing> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Nothing> {
        self.texts.text(self.field, text, self.depth);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Nothing> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Nothing> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Nothing> {
        Ok(())
    }

    // A word of the vocabulary's own, and no text of anybody's.
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<(), Nothing> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Nothing> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Nothing> {
        self.under(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Nothing> {
        Ok(self.inside(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Nothing> {
        Ok(self.inside(Some(variant)))
    }
}

impl<'t, 'f> Walker<'t, 'f> {
    fn inside<'w>(&'w mut self, variant: Option<&'static str>) -> Inside<'w, 't, 'f> {
        Inside {
            walker: self,
            variant,
            key: String::new(),
        }
    }
}

impl Inside<'_, '_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Nothing> {
        let field = self.walker.field;
        self.walker.under(field, value)
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        field: &'static str,
        value: &T,
    ) -> Result<(), Nothing> {
        let field = match (field, self.variant) {
            ("number", Some(variant)) => variant,
            _ => field,
        };
        self.walker.under(field, value)
    }
}

macro_rules! items {
    ($($trait:ident::$method:ident)*) => {
        $(impl $trait for Inside<'_, '_, '_> {
            type Ok = ();
            type Error = Nothing;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Nothing> {
                self.item(value)
            }
            fn end(self) -> Result<(), Nothing> {
                Ok(())
            }
        })*
    };
}

items! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! fields {
    ($($trait:ident)*) => {
        $(impl $trait for Inside<'_, '_, '_> {
            type Ok = ();
            type Error = Nothing;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Nothing> {
                self.field(key, value)
            }
            fn end(self) -> Result<(), Nothing> {
                Ok(())
            }
        })*
    };
}

fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Inside<'_, '_, '_> {
    type Ok = ();
    type Error = Nothing;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Nothing> {
        let mut name = Name(String::new());
        walk(&key, &mut name);
        self.key = name.0;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Nothing> {
        let key = std::mem::take(&mut self.key);
        self.walker.under(&key, value)
    }

    fn end(self) -> Result<(), Nothing> {
        Ok(())
    }
}

/// The text of a map's key.
struct Name(String);

impl Texts for Name {
    fn text(&mut self, _: &str, text: &str, _: usize) {
        self.0.push_str(text);
    }
}
