using System.Net;
using FluentAssertions;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>Sessions to read with, and the reactions that the rows of the bad input list name.</summary>
internal static class WireCase
{
    public static readonly UpdateContext External = new()
    {
        IsExternal = true,
        LocalAs = 64500,
        PeerAs = 64496,
        LocalIdentifier = 0xc00002fe,
        Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast],
        FourOctetAs = true,
        OwnAddresses = [IPAddress.Parse("192.0.2.254"), IPAddress.Parse("2001:db8::fe"), IPAddress.Parse("fe80::fe")],
    };

    public static readonly UpdateContext Internal = External with { IsExternal = false, PeerAs = 64500 };

    public static readonly UpdateContext TwoOctets = External with { FourOctetAs = false };

    /// <summary>All that is read of a message.</summary>
    public static UpdateResult Read(byte[] message, UpdateContext? context = null)
    {
        MessageHeader.Read(message, MessageHeader.ExtendedMaximum, out var header, out _).Should().Be(ParseStatus.Done, "the header is no part of the case");
        header.Type.Should().Be(MessageType.Update);
        return UpdateResult.Of(UpdateReader.Read(message, context ?? External, new UpdateBuffer()));
    }

    public static UpdateResult Accepted(byte[] message, UpdateContext? context = null)
    {
        var result = Read(message, context);
        result.Errors.Should().BeEmpty();
        result.Outcome.Should().Be(ErrorHandling.None);
        return result;
    }

    public static UpdateResult Ignored(byte[] message, UpdateContext? context = null) => With(ErrorHandling.Ignore, message, context);

    /// <summary>The attribute goes, the route stays.</summary>
    public static UpdateResult Discarded(byte type, byte[] message, UpdateContext? context = null)
    {
        var result = With(ErrorHandling.AttributeDiscard, message, context);
        result.Error.Attribute.Should().Be(type);
        result.HasAttributes.Should().BeTrue();
        result.Values.Keys.Should().NotContain(type);
        result.Announced.Concat(result.MpAnnounced).Should().NotBeEmpty();
        return result;
    }

    public static UpdateResult Withdrawn(byte subcode, byte[] message, UpdateContext? context = null)
    {
        var result = With(ErrorHandling.TreatAsWithdraw, message, context);
        result.Error.Subcode.Should().Be(subcode);
        result.HasAttributes.Should().BeFalse();
        result.Announced.Concat(result.MpAnnounced).Should().NotBeEmpty("these are to be withdrawn");
        return result;
    }

    public static UpdateResult Reset(byte subcode, byte[] message, UpdateContext? context = null)
    {
        var result = With(ErrorHandling.SessionReset, message, context);
        (result.Error.Code, result.Error.Subcode).Should().Be((BgpErrorCode.UpdateMessage, subcode));
        return result;
    }

    /// <summary>
    /// Mandatory attributes with another one (in place of one of the same type): the routes are withdrawn, whether they are in NLRI or in
    /// MP_REACH_NLRI; without a route in the message the session is reset (RFC 7606 5.2, row X15).
    /// </summary>
    public static void WithdrawnOrReset(byte subcode, byte[] attribute, UpdateContext? context = null)
    {
        context ??= External;
        var attributes = Replaced(attribute, context);
        Withdrawn(subcode, WireBytes.Update([], attributes, WireBytes.Route), context).Error.Attribute.Should().Be(attribute[1]);
        Withdrawn(subcode, WireBytes.Update([], [.. WireBytes.MpReach(2, 1, WireBytes.NextHop6, WireBytes.Route6), .. attributes], WireBytes.Route), context);
        Reset(subcode, WireBytes.Update([], attributes, []), context);
        Reset(subcode, WireBytes.Update(WireBytes.Route, attributes, []), context);
        Reset(subcode, WireBytes.Update([], [.. WireBytes.MpUnreach(2, 1, WireBytes.Route6), .. attributes], []), context);
    }

    /// <summary>The attribute goes, with and without a route (row X15: D stays D).</summary>
    public static void DiscardedAlways(byte[] attribute, UpdateContext? context = null)
    {
        context ??= External;
        var attributes = Replaced(attribute, context);
        Discarded(attribute[1], WireBytes.Update([], attributes, WireBytes.Route), context);
        With(ErrorHandling.AttributeDiscard, WireBytes.Update(WireBytes.Route, attributes, []), context);
    }

    /// <summary>Nothing is wrong with the attribute.</summary>
    public static UpdateResult AcceptedWith(byte[] attribute, UpdateContext? context = null)
        => Accepted(WireBytes.Update([], Replaced(attribute, context ?? External), WireBytes.Route), context);

    /// <summary>Mandatory attributes of a session, with one in place of that of its type or after them.</summary>
    public static byte[] Replaced(byte[] attribute, UpdateContext context)
    {
        byte[][] all = [WireBytes.OriginIgp, context.FourOctetAs ? WireBytes.PathOfPeer : WireBytes.Attribute(WireBytes.Transitive, 2, 2, 1, 0xfb, 0xf0), WireBytes.NextHopOfPeer];
        if (!context.IsExternal)
        {
            all = [.. all, WireBytes.LocalPreference100];
        }

        return [.. all.Any(a => a[1] == attribute[1]) ? all.SelectMany(a => a[1] == attribute[1] ? attribute : a) : [.. all.SelectMany(a => a), .. attribute]];
    }

    private static UpdateResult With(ErrorHandling handling, byte[] message, UpdateContext? context)
    {
        var result = Read(message, context);
        result.Outcome.Should().Be(handling);
        result.Error.Offset.Should().BeInRange(19, message.Length);
        result.Errors.Should().NotBeEmpty();
        return result;
    }
}
