using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

public sealed class AttributeBlockTests
{
    private static byte[] Block(Action<AttributeBlockTestWriter> write)
    {
        var writer = new AttributeBlockTestWriter();
        write(writer);
        return writer.ToArray();
    }

    private static readonly byte[] Plain = Block(w => w.Add(1, 0x40, 0).Add(2, 0x40, 2, 1, 0, 0, 0xfb, 0xf0).Add(8, 0xc0, 0, 1, 0, 2));

    [Fact]
    public void Writer_GivesTheDocumentedForm()
    {
        var bytes = new byte[256];
        var writer = new AttributeBlockWriter(bytes);
        writer.AddOrigin(BgpOrigin.Incomplete);
        writer.AddAsPath([64496, 70000]);
        writer.AddMed(7);
        writer.AddLocalPreference(100);
        writer.AddCommunities([0xffff0000, 1]);
        writer.AddExtendedCommunities([0x0002fbf000000007]);
        writer.AddLargeCommunities([new(2, 0, 0), new(1, 2, 3), new(2, 0, 0)]);
        writer.AddOnlyToCustomer(64496);
        bytes[..writer.Length].Should().Equal(WireBytes.Hex("""
            40 01 0001 02
            40 02 000a 02 02 0000fbf0 00011170
            80 04 0004 00000007
            40 05 0004 00000064
            c0 08 0008 ffff0000 00000001
            c0 10 0008 0002fbf000000007
            c0 20 0018 000000010000000200000003 000000020000000000000000
            c0 23 0004 0000fbf0
            """));
        var block = new AttributeBlock(bytes.AsSpan(0, writer.Length));
        (block.Origin, block.Med, block.LocalPreference, block.OnlyToCustomer, block.OriginatorId).Should().Be((BgpOrigin.Incomplete, 7u, 100u, 64496u, null));
        block.AsPath.ToString().Should().Be("64496 70000");
    }

    [Fact]
    public void EmptyBlock_HasNothing()
    {
        var block = default(AttributeBlock);
        block.IsEmpty.Should().BeTrue();
        (block.Origin, block.Med, block.AtomicAggregate).Should().Be((BgpOrigin.Incomplete, null, false));
        block.AsPath.IsEmpty.Should().BeTrue();
        block.AsPath.First.Should().BeNull();
        block.Communities.Count.Should().Be(0);
    }

    [Fact]
    public void Set_AddsReplacesAndKeepsTheOrder()
    {
        Set(Plain, AttributeType.MultiExitDisc, 9).Should().Equal(Block(w => w.Add(1, 0x40, 0).Add(2, 0x40, 2, 1, 0, 0, 0xfb, 0xf0).Add(4, 0x80, 0, 0, 0, 9).Add(8, 0xc0, 0, 1, 0, 2)));
        Set(Set(Plain, AttributeType.MultiExitDisc, 9), AttributeType.MultiExitDisc, 10).Should().Equal(Set(Plain, AttributeType.MultiExitDisc, 10));
        Set(Plain, AttributeType.OnlyToCustomer, 1).Should().Equal([.. Plain, .. Block(w => w.Add(35, 0xc0, 0, 0, 0, 1))]);
        Set([], AttributeType.LocalPreference, 1).Should().Equal(Block(w => w.Add(5, 0x40, 0, 0, 0, 1)));
    }

    [Fact]
    public void Remove_TakesOneAway()
    {
        var destination = new byte[256];
        var length = AttributeBlockEditor.Remove(new AttributeBlock(Set(Plain, AttributeType.MultiExitDisc, 9)), AttributeType.MultiExitDisc, destination);
        destination[..length].Should().Equal(Plain);
        AttributeBlockEditor.Remove(new AttributeBlock(Plain), AttributeType.MultiExitDisc, destination).Should().Be(Plain.Length);
    }

    [Theory]
    [InlineData("", 1, "65000")]
    [InlineData("64496", 1, "65000 64496")]
    [InlineData("64496 64497", 3, "65000 65000 65000 64496 64497")]
    public void Prepend_PutsTheAsFirst(string path, int count, string expected) => Prepend(path, count).Should().Be((expected, 1));

    [Theory]
    [InlineData(254, 1, 1)]
    [InlineData(255, 1, 2)]
    [InlineData(250, 10, 2)]
    [InlineData(255, 255, 2)]
    [InlineData(255, 256, 3)]
    [InlineData(1, 600, 3)]
    public void Prepend_FullSegment_BeginsANewOne(int length, int count, int segments)
    {
        var (text, found) = Prepend(string.Join(' ', Enumerable.Repeat("64496", length)), count);
        text.Should().Be(string.Join(' ', [.. Enumerable.Repeat("65000", count), .. Enumerable.Repeat("64496", length)]));
        found.Should().Be(segments);
    }

    [Fact]
    public void Prepend_WithoutAsPath_AddsOne()
    {
        var destination = new byte[64];
        var block = Block(w => w.Add(1, 0x40, 0).Add(5, 0x40, 0, 0, 0, 1));
        var length = AttributeBlockEditor.Prepend(new AttributeBlock(block), 65000, 1, destination);
        destination[..length].Should().Equal(Block(w => w.Add(1, 0x40, 0).Add(2, 0x40, 2, 1, 0, 0, 0xfd, 0xe8).Add(5, 0x40, 0, 0, 0, 1)));
        length = AttributeBlockEditor.Prepend(default, 65000, 1, destination);
        destination[..length].Should().Equal(Block(w => w.Add(2, 0x40, 2, 1, 0, 0, 0xfd, 0xe8)));
    }

    [Fact]
    public void AsPath_LengthOfEverySegmentType()
    {
        // RFC 4271 9.1.2.2, RFC 5065 5.3.
        byte[] value = [3, 1, 0, 0, 0, 9, 2, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 0, 0, 0, 3, 0, 0, 0, 4, 4, 1, 0, 0, 0, 8];
        var path = new AsPath(value);
        path.Length.Should().Be(3);
        path.ToString().Should().Be("(9) 1 2 {3 4} [8]");
        (path.First, path.Last).Should().Be(((uint?)null, (uint?)null));
        new AsPath(value.AsSpan(6, 10)).First.Should().Be(1);
        new AsPath(value.AsSpan(6, 10)).Last.Should().Be(2);
        (path.Contains(4), path.Contains(5), path.Count(8)).Should().Be((true, false, 1));
    }

    [Fact]
    public void LargeCommunities_AreSortedAndUnique() => Gen.Int[0, 3].Array[3].Array[0, 12].Sample(values =>
    {
        var communities = values.Select(v => new BgpLargeCommunity((uint)v[0] << 24, (uint)v[1], (uint)v[2])).ToArray();
        var bytes = new byte[512];
        var writer = new AttributeBlockWriter(bytes);
        writer.AddLargeCommunities(communities);
        var read = new List<BgpLargeCommunity>();
        foreach (var community in new AttributeBlock(bytes.AsSpan(0, writer.Length)).LargeCommunities)
        {
            read.Add(community);
        }

        return read.SequenceEqual(communities.Distinct().OrderBy(c => c.GlobalAdministrator).ThenBy(c => c.LocalData1).ThenBy(c => c.LocalData2));
    });

    private static byte[] Set(byte[] block, AttributeType type, uint value)
    {
        var destination = new byte[256];
        return destination[..AttributeBlockEditor.SetNumber(new AttributeBlock(block), type, value, destination)];
    }

    private static (string Text, int Segments) Prepend(string path, int count)
    {
        var numbers = path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse).ToArray();
        var source = new byte[2048];
        var writer = new AttributeBlockWriter(source);
        writer.AddOrigin(BgpOrigin.Igp);
        writer.AddAsPath(numbers);
        writer.AddMed(1);
        var block = new AttributeBlock(source.AsSpan(0, writer.Length));
        var destination = new byte[AttributeBlockEditor.PrependLength(block, count)];
        var length = AttributeBlockEditor.Prepend(block, 65000, count, destination);
        var result = new AttributeBlock(destination.AsSpan(0, length));
        result.Med.Should().Be(1);
        var segments = 0;
        foreach (var segment in result.AsPath)
        {
            segments++;
            (segment.Count > 0).Should().BeTrue();
        }

        return (result.AsPath.ToString(), segments);
    }

    private sealed class AttributeBlockTestWriter
    {
        private readonly List<byte> _bytes = [];

        public AttributeBlockTestWriter Add(byte type, byte flags, params byte[] value)
        {
            _bytes.AddRange([flags, type, .. WireBytes.Word(value.Length), .. value]);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
