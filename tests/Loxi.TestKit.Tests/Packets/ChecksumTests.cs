using System.Text;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.Tests.Packets;

public sealed class ChecksumTests
{
    [Fact]
    public void Rfc1071Section3Example_IsReproduced()
    {
        byte[] data = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

        Checksum.Internet(data).Should().Be(0x220d, "RFC 1071 section 3 gives the sum ddf2");
    }

    [Fact]
    public void OddLength_LastByteIsPaddedWithZero()
    {
        Checksum.Internet([0x12, 0x34, 0x56]).Should().Be(Checksum.Internet([0x12, 0x34, 0x56, 0x00]));
    }

    [Theory]
    [InlineData("123456789", 0xe3069283u)]
    [InlineData("", 0u)]
    public void Crc32C_KnownCheckValue(string text, uint expected)
    {
        Checksum.Crc32C(Encoding.ASCII.GetBytes(text)).Should().Be(expected);
    }

    [Fact]
    public void Crc32C_Rfc3720ThirtyTwoZeros()
    {
        // RFC 3720 B.4: aa 36 91 8a in transmission order.
        Checksum.Crc32C(new byte[32]).Should().Be(0x8a9136aa);
    }
}
