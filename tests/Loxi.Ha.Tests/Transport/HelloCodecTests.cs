using System.Text;
using CsCheck;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class HelloCodecTests
{
    private static readonly HelloKey Key = new(7, Encoding.ASCII.GetBytes("0123456789abcdef"));

    [Fact]
    public void Golden_BytesAreThoseOfTheDocument()
    {
        // Written by hand from docs/ha-transport.md.
        const string expected =
            "4c584841" + "01" + "01" + "0062" + "0001" + "0000" + "00" + "01" + "01" + "00" // header
            + "0000000000000005" + "0000000000000009" + "0000000000000008" + "000003e8" + "00000000" // incarnation, sequence, echo, delay, reserved
            + "0002" + "0000000000000006" + "0000000000000008" // heard
            + "03" + "02" + "02" + "05" + "0003" + "ff" + "64" + "0000000000000011" + "00000000000000aa" + "01" // group: length, role, readiness, flags, to, health, priority, term, hash, masters
            + "0002" + "0000000000000010" + "000007d0" + "616263"; // master, name

        var hello = Sample() with
        {
            Incarnation = 5,
            Sequence = 9,
            Role = HelloRole.Master,
            Term = 0x11,
            ConfigHash = 0xaa,
            Pinned = true,
            HandsOverTo = 3,
            Heard = [new HeardPeer(2, 6, 8)],
            Masters = [new HeardMaster(2, 0x10, TimeSpan.FromMilliseconds(2))],
        };

        // 48 of the header, 18 of the peer heard, 25 + 14 + 3 of the group: 108.
        var bytes = Write(hello, "abc", null, HelloLayout.RequestFlag, 8, TimeSpan.FromMilliseconds(1));
        Convert.ToHexStringLower(bytes).Should().Be(expected.Replace("0062", "006c", StringComparison.Ordinal));
    }

    [Fact]
    public void RoundTrip_GivesBackWhatWasWritten() => Hellos.Sample(static hello =>
    {
        var bytes = Write(hello, "group-1", Key, 0, 0, TimeSpan.Zero);

        HelloCodec.Check(bytes, out var header).Should().Be(HelloDiscardReason.None);
        var groups = HelloCodec.ReadGroups(bytes, header);
        groups.TryRead(out var entry).Should().BeTrue();
        Encoding.ASCII.GetString(entry.Name).Should().Be("group-1");
        entry.ToHello(header, HelloCodec.ReadHeard(bytes, header)).Should().BeEquivalentTo(hello, static o => o.ComparingRecordsByMembers());
        groups.TryRead(out _).Should().BeFalse();
    });

    [Fact]
    public void Truncated_AtEveryLength_IsRefused()
    {
        var bytes = Write(Sample() with { Heard = [new HeardPeer(2, 6, 8)], Masters = [new HeardMaster(2, 3, TimeSpan.Zero)] }, "abc", Key, 0, 0, TimeSpan.Zero);
        for (var length = 0; length < bytes.Length; length++)
        {
            HelloCodec.Check(bytes.AsSpan(0, length), out _).Should().Be(length < HelloLayout.HeaderLength ? HelloDiscardReason.TooShort : HelloDiscardReason.WrongLength, $"{length} octets");

            // With a length that claims to be right it is the entries that are missing.
            var cut = bytes[..length];
            if (length >= HelloLayout.HeaderLength)
            {
                cut[HelloLayout.LengthAt] = (byte)(length >> 8);
                cut[HelloLayout.LengthAt + 1] = (byte)length;
                HelloCodec.Check(cut, out _).Should().NotBe(HelloDiscardReason.None, $"{length} octets");
            }
        }

        HelloCodec.Check(bytes, out _).Should().Be(HelloDiscardReason.None);
    }

    [Theory]
    [InlineData(0, 0xff, HelloDiscardReason.NotHello)]
    [InlineData(HelloLayout.VersionAt, 2, HelloDiscardReason.UnknownVersion)]
    [InlineData(HelloLayout.FlagsAt, 0x80, HelloDiscardReason.WrongHeader)]
    [InlineData(HelloLayout.LengthAt, 1, HelloDiscardReason.WrongLength)]
    [InlineData(HelloLayout.PartAt, 64, HelloDiscardReason.WrongHeader)]
    [InlineData(HelloLayout.GroupsAt, 2, HelloDiscardReason.WrongHeader)]
    [InlineData(HelloLayout.GroupsAt, 0, HelloDiscardReason.WrongHeader)]
    [InlineData(HelloLayout.HeardAt, 17, HelloDiscardReason.WrongHeader)]
    [InlineData(HelloLayout.HeaderLength, 0, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength, 64, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + 1, 4, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + 2, 3, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + 3, 8, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + 24, 17, HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + HelloLayout.GroupLength, ' ', HelloDiscardReason.WrongGroup)]
    [InlineData(HelloLayout.HeaderLength + HelloLayout.GroupLength, 0x80, HelloDiscardReason.WrongGroup)]
    public void OneWrongOctet_IsNamed(int at, int value, HelloDiscardReason expected)
    {
        var bytes = Write(Sample(), "abc", null, 0, 0, TimeSpan.Zero);
        bytes[at] = (byte)value;

        HelloCodec.Check(bytes, out _).Should().Be(expected);
    }

    [Fact]
    public void TooLong_IsRefusedBeforeItIsLookedAt() => HelloCodec.Check(new byte[HelloLayout.LongestDatagram + 1], out _).Should().Be(HelloDiscardReason.TooLong);

    [Fact]
    public void AnyOctets_AreReadOrRefused_WithoutAnException() => Gen.Byte.Array[0, 300].Sample(static bytes =>
    {
        // Most of them would end at the first octets.
        byte[] like = [0x4c, 0x58, 0x48, 0x41, 1, 0, 0, 0, .. bytes];
        like[HelloLayout.LengthAt] = (byte)(like.Length >> 8);
        like[HelloLayout.LengthAt + 1] = (byte)like.Length;
        if (HelloCodec.Check(like, out var header) != HelloDiscardReason.None)
        {
            return;
        }

        var heard = HelloCodec.ReadHeard(like, header);
        var groups = HelloCodec.ReadGroups(like, header);
        var count = 0;
        while (groups.TryRead(out var entry))
        {
            entry.ToHello(header, heard).Heard.Length.Should().Be(header.Heard);
            count++;
        }

        count.Should().Be(header.Groups);
    });

    [Fact]
    public void Groups_FillADatagramAndNoMore()
    {
        var bytes = new byte[HelloLayout.LongestDatagram];
        var writer = new HelloWriter(bytes, isSigned: true);
        writer.Begin(new HelloHeader { NodeId = 1, Incarnation = 1, Sequence = 1 }, []);
        var name = new byte[HelloLayout.LongestName];
        name.AsSpan().Fill((byte)'x');
        var count = 0;
        while (writer.TryAdd(name, Sample()))
        {
            count++;
        }

        count.Should().Be((HelloLayout.LongestDatagram - HelloLayout.TagLength - HelloLayout.HeaderLength) / (HelloLayout.GroupLength + HelloLayout.LongestName));
        var length = HelloWriter.Complete(bytes, writer.Finish(), 0, 0, TimeSpan.Zero, Key);
        HelloCodec.Check(bytes.AsSpan(0, length), out var header).Should().Be(HelloDiscardReason.None);
        header.Groups.Should().Be((byte)count);
    }

    [Fact]
    public void Reject_AllocatesNothing()
    {
        var bytes = Write(Sample(), "abc", Key, 0, 0, TimeSpan.Zero);
        var authentication = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [new HelloKey(7, new byte[32])] };
        bytes[^40] ^= 1;
        Refuse(bytes, authentication, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuse(bytes, authentication, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    internal static Hello Sample() => new() { NodeId = 1, Incarnation = 1, Sequence = 1, Role = HelloRole.Backup, Term = 1, Readiness = Readiness.Ready };

    internal static byte[] Write(Hello hello, string group, HelloKey? key, byte flags, ulong echo, TimeSpan delay)
    {
        var bytes = new byte[HelloLayout.LongestDatagram];
        var writer = new HelloWriter(bytes, key is not null);
        writer.Begin(new HelloHeader { NodeId = hello.NodeId, Incarnation = hello.Incarnation, Sequence = hello.Sequence }, hello.Heard);
        writer.TryAdd(Encoding.ASCII.GetBytes(group), hello).Should().BeTrue();
        return bytes[..HelloWriter.Complete(bytes, writer.Finish(), flags, echo, delay, key)];
    }

    private static Gen<Hello> Hellos =>
        from id in Gen.UShort
        from incarnation in Gen.ULong[1, ulong.MaxValue]
        from sequence in Gen.ULong[1, ulong.MaxValue]
        from role in Gen.Enum<HelloRole>()
        from term in Gen.ULong
        from readiness in Gen.Enum<Readiness>()
        from health in Gen.Byte
        from bits in Gen.Byte
        from to in Gen.UShort
        from heard in Gen.Select(Gen.UShort, Gen.ULong, Gen.ULong).Array[0, HelloLayout.MostHeard]
        from masters in Gen.Select(Gen.UShort, Gen.ULong, Gen.UInt).Array[0, HelloLayout.MostMasters]
        select new Hello
        {
            NodeId = id,
            Incarnation = incarnation,
            Sequence = sequence,
            Role = role,
            Term = term,
            Readiness = readiness,
            Health = health,
            Priority = bits,
            Pinned = (bits & 1) != 0,
            Claims = (bits & 2) != 0,
            HandsOverTo = (bits & 4) != 0 ? to : null,
            ConfigHash = term ^ incarnation,
            Heard = [.. heard.Select(static h => new HeardPeer(h.Item1, h.Item2, h.Item3))],
            Masters = [.. masters.Select(static m => new HeardMaster(m.Item1, m.Item2, TimeSpan.FromMicroseconds(m.Item3)))],
        };

    private static void Refuse(byte[] bytes, HelloAuthentication authentication, int times)
    {
        for (var i = 0; i < times; i++)
        {
            HelloCodec.Check(bytes.AsSpan(0, i % bytes.Length), out _);
            var header = new HelloHeader { KeyId = 7, ContentLength = bytes.Length - HelloLayout.TagLength };
            if (authentication.Verify(bytes, header, 255) != HelloDiscardReason.WrongAuthentication)
            {
                throw new InvalidOperationException("It should be refused.");
            }
        }
    }
}
