using Xunit;

[assembly: Trait("Category", "Root")]
