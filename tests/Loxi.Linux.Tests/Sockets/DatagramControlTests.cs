using CsCheck;
using FluentAssertions;
using Loxi.Linux.Sockets;
using Xunit;

namespace Loxi.Linux.Tests.Sockets;

public sealed class DatagramControlTests
{
    private static readonly int[] Levels = [0, 1, 41];

    [Fact]
    public void Read_AnyBytes_NeverFails() => Gen.Byte.Array[0, 160].Sample(
        static bytes =>
        {
            var info = default(DatagramInfo);
            DatagramControl.Read(bytes, ref info, out _);
        },
        iter: 20_000);

    /// <summary>Lengths that lie: the walk ends and never reads outside.</summary>
    [Fact]
    public void Read_AnyLengthFields_NeverFails() => Gen.Select(Gen.ULong[0, 80], Gen.ULong, Gen.Bool, Gen.Int[0, 60], Gen.Int[0, 80]).Sample(
        static (small, large, isSmall, type, size) =>
        {
            var control = new byte[Math.Max(size, 16)];
            BitConverter.TryWriteBytes(control, isSmall ? small : large);
            BitConverter.TryWriteBytes(control.AsSpan(12), type);
            var info = default(DatagramInfo);
            foreach (var level in Levels)
            {
                BitConverter.TryWriteBytes(control.AsSpan(8), level);
                DatagramControl.Read(control, ref info, out _);
            }
        },
        iter: 20_000);

    [Fact]
    public void Read_EveryMessageOfIPv4_FillsTheInfo()
    {
        byte[] control = [.. Message(1, 35, [.. BitConverter.GetBytes(1_700_000_000L), .. BitConverter.GetBytes(123_456_789L)]), .. Message(0, 2, BitConverter.GetBytes(255)),
            .. Message(0, 8, [7, 0, 0, 0, 192, 0, 2, 9, 192, 0, 2, 1]), .. Message(1, 40, BitConverter.GetBytes(42u))];
        var info = default(DatagramInfo);

        DatagramControl.Read(control, ref info, out var dropped).Should().BeTrue();

        dropped.Should().Be(42);
        info.TimestampNanoseconds.Should().Be(1_700_000_000_123_456_789);
        info.Ttl.Should().Be(255);
        info.InterfaceIndex.Should().Be(7);
        info.Destination.Should().Be(InternetAddress.Parse("192.0.2.1"), "the second address is that of the header");
    }

    [Fact]
    public void Read_EveryMessageOfIPv6_FillsTheInfo()
    {
        var address = InternetAddress.Parse("2001:db8::1");
        var destination = new byte[20];
        address.CopyTo(destination);
        destination[16] = 9;
        var info = default(DatagramInfo);

        DatagramControl.Read([.. Message(41, 52, BitConverter.GetBytes(64)), .. Message(41, 50, destination)], ref info, out var dropped).Should().BeFalse();

        dropped.Should().Be(0);
        info.Ttl.Should().Be(64);
        info.InterfaceIndex.Should().Be(9);
        info.Destination.Should().Be(address);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.9", 3, 255)]
    [InlineData("2001:db8::1", "2001:db8::9", 3, 1)]
    [InlineData("192.0.2.1", null, 0, 255)]
    [InlineData("2001:db8::1", null, 5, 0)]
    public void Write_ThenRead_GivesTheSame(string to, string? from, int link, int ttl)
    {
        var source = from is null ? default : InternetAddress.Parse(from);
        var control = new byte[DatagramControl.WriteSize];
        var info = default(DatagramInfo);

        var length = DatagramControl.Write(control, new(InternetAddress.Parse(to), 1, source, link, ttl));
        DatagramControl.Read(control.AsSpan(0, length), ref info, out _);

        info.Ttl.Should().Be(ttl);
        info.InterfaceIndex.Should().Be(link);
        if (source.Family == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            info.Destination.Should().Be(source);
        }
        else if (!source.IsNone)
        {
            control.AsSpan(20, 4).ToArray().Should().Equal(192, 0, 2, 9); // ipi_spec_dst
        }
    }

    [Fact]
    public void Write_NothingAsked_IsEmpty() =>
        DatagramControl.Write(new byte[DatagramControl.WriteSize], new(InternetAddress.Parse("192.0.2.1"), 1)).Should().Be(0);

    private static byte[] Message(int level, int type, byte[] data)
    {
        var message = new byte[(16 + data.Length + 7) & ~7];
        BitConverter.TryWriteBytes(message, 16UL + (ulong)data.Length);
        BitConverter.TryWriteBytes(message.AsSpan(8), level);
        BitConverter.TryWriteBytes(message.AsSpan(12), type);
        data.CopyTo(message, 16);
        return message;
    }
}
