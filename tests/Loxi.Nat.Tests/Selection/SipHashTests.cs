using FluentAssertions;
using Loxi.Nat.Selection;
using Xunit;

namespace Loxi.Nat.Tests.Selection;

public sealed class SipHashTests
{
    // Test vectors of the SipHash paper and reference code: key 00..0f, message 00, 01, 02 ...
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31UL)]
    [InlineData(1, 0x74f839c593dc67fdUL)]
    [InlineData(8, 0x93f5f5799a932462UL)]
    [InlineData(15, 0xa129ca6149be45e5UL)]
    public void ReferenceVector_SameHash(int length, ulong expected)
    {
        var data = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        SipHash.Compute(data, 0x0706050403020100UL, 0x0f0e0d0c0b0a0908UL).Should().Be(expected);
    }
}
