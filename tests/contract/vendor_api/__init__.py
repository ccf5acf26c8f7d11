"""What vendors' API descriptions say of the calls that app files make: `<app>.yaml`, read by `test_vendor_api`."""
