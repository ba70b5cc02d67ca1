using FluentAssertions;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Wire;

public sealed class BfdAuthenticationSectionTests
{
    public static TheoryData<BfdAuthenticationType> Types => Rfc.Rfc5880AuthenticationTests.Types;

    private static byte[] Packet(BfdAuthenticationType type) =>
        Signed.By(Keys.Of(type, (77, "secret")), new BfdControlPacket { State = BfdState.Up, DetectMult = 3, MyDiscriminator = 1 }, 0x01020304);

    [Fact]
    public void Read_GoldenPassword_GivesEveryField()
    {
        byte[] packet = [.. new byte[24], 1, 9, 200, (byte)'s', (byte)'e', (byte)'c', (byte)'r', (byte)'e', (byte)'t'];
        BfdAuthenticationSection.Read(packet, out var section).Should().Be(BfdDiscardReason.None);
        section.Type.Should().Be(BfdAuthenticationType.SimplePassword);
        section.Length.Should().Be(9);
        section.KeyId.Should().Be(200);
        section.SequenceNumber.Should().Be(0);
        section.Secret.SequenceEqual("secret"u8).Should().BeTrue();
    }

    [Fact]
    public void Read_GoldenMd5_GivesEveryField()
    {
        byte[] packet = [.. new byte[24], 2, 24, 5, 0, 0x01, 0x02, 0x03, 0x04, .. Enumerable.Range(16, 16).Select(i => (byte)i)];
        BfdAuthenticationSection.Read(packet, out var section).Should().Be(BfdDiscardReason.None);
        section.Type.Should().Be(BfdAuthenticationType.KeyedMd5);
        section.KeyId.Should().Be(5);
        section.SequenceNumber.Should().Be(0x01020304);
        section.Secret.ToArray().Should().Equal(Enumerable.Range(16, 16).Select(i => (byte)i));
    }

    // A packet as tcpdump's own test for SHA-1 shows it, with the digest that it has there.
    [Fact]
    public void Read_GoldenSha1_GivesEveryField()
    {
        byte[] packet = [.. new byte[24], 5, 28, 2, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a];
        BfdAuthenticationSection.Read(packet, out var section).Should().Be(BfdDiscardReason.None);
        section.Type.Should().Be(BfdAuthenticationType.MeticulousKeyedSha1);
        section.KeyId.Should().Be(2);
        section.SequenceNumber.Should().Be(5);
        section.Secret.Length.Should().Be(20);
        section.Secret[19].Should().Be(0x1a);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_EveryTruncation_IsDiscarded(BfdAuthenticationType type)
    {
        var packet = Packet(type);
        for (var length = 0; length < packet.Length; length++)
        {
            BfdAuthenticationSection.Read(packet.AsSpan(0, length), out var section).Should().Be(BfdDiscardReason.AuthenticationLength, $"{length} bytes");
            section.Secret.Length.Should().Be(0);
        }

        BfdAuthenticationSection.Read(packet, out _).Should().Be(BfdDiscardReason.None);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_EveryAuthLen_IsCheckedAgainstItsType(BfdAuthenticationType type)
    {
        for (var length = 0; length <= 255; length++)
        {
            byte[] packet = [.. Packet(type), .. new byte[200]];
            packet[25] = (byte)length;
            var isRight = type switch
            {
                BfdAuthenticationType.SimplePassword => length is >= 4 and <= 19,
                BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5 => length == 24,
                _ => length == 28,
            };
            BfdAuthenticationSection.Read(packet, out _).Should().Be(isRight ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationLength, $"length {length}");
        }
    }

    [Fact]
    public void Read_EveryOtherType_IsNotKnown()
    {
        for (var type = 0; type <= 255; type++)
        {
            var packet = Packet(BfdAuthenticationType.KeyedSha1);
            packet[24] = (byte)type;
            if (type is 0 or > 5)
            {
                BfdAuthenticationSection.Read(packet, out _).Should().Be(BfdDiscardReason.AuthenticationType);
            }
        }
    }
}
