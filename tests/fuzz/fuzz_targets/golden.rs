#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bfc_fuzz::readers::golden(bytes);
});
