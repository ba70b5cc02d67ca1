using FluentAssertions;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class HelloAuthenticationTests
{
    private static readonly HelloKey Old = new(1, new byte[32]);
    private static readonly HelloKey New = new(2, [.. Enumerable.Repeat((byte)9, 32)]);

    [Fact]
    public void Fingerprint_IsOfTheSecret_AndDoesNotTellIt()
    {
        var fingerprint = New.ToFingerprint();

        fingerprint.Should().MatchRegex("^[0-9a-f]{16}$").And.Be(new HelloKey(7, New.CopySecret()).ToFingerprint());
        Old.ToFingerprint().Should().NotBe(fingerprint);
        Convert.ToHexStringLower(New.CopySecret()).Should().NotContain(fingerprint).And.Be(string.Concat(Enumerable.Repeat("09", 32)));
    }

    // Each step of ha.md "Keys": the two nodes are one step apart at most, and hear each other throughout.
    public static TheoryData<HelloAuthentication, HelloAuthentication> Neighbours()
    {
        HelloAuthentication[] steps =
        [
            new(),
            new() { Mode = HelloAuthenticationMode.ReceiveOnly, Keys = [Old] },
            new() { Mode = HelloAuthenticationMode.Permissive, Keys = [Old] },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old] },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old, New], SendKeyId = 1 },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old, New], SendKeyId = 2 },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [New] },
        ];
        var data = new TheoryData<HelloAuthentication, HelloAuthentication>();
        for (var i = 0; i < steps.Length; i++)
        {
            data.Add(steps[i], steps[i]);
            if (i > 0)
            {
                data.Add(steps[i - 1], steps[i]);
                data.Add(steps[i], steps[i - 1]);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void StepsOfARollOver_HearEachOther(HelloAuthentication sender, HelloAuthentication receiver) => Verify(sender.SendKey, receiver, 255).Should().Be(HelloDiscardReason.None);

    [Fact]
    public void Enforce_HearsNothingElse()
    {
        var enforce = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [Old] };
        Verify(null, enforce, 255).Should().Be(HelloDiscardReason.NotAuthenticated);
        Verify(New, enforce, 255).Should().Be(HelloDiscardReason.UnknownKey);
        Verify(new HelloKey(1, [.. Enumerable.Repeat((byte)1, 32)]), enforce, 255).Should().Be(HelloDiscardReason.WrongAuthentication);
        Verify(Old, enforce, 64).Should().Be(HelloDiscardReason.None, "authenticated HELLOs may pass routers");
    }

    [Theory]
    [InlineData(254)]
    [InlineData(1)]
    [InlineData(-1)]
    public void NotAuthenticated_HasPassedNoRouter(int ttl) => Verify(null, new HelloAuthentication(), ttl).Should().Be(HelloDiscardReason.HopLimit);

    [Fact]
    public void EveryOctet_IsUnderTheAuthentication()
    {
        var bytes = HelloCodecTests.Write(HelloCodecTests.Sample(), "abc", Old, 0, 0, TimeSpan.Zero);
        HelloCodec.Check(bytes, out var header).Should().Be(HelloDiscardReason.None);
        var enforce = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [Old] };
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            enforce.Verify(bytes, header, 255).Should().Be(HelloDiscardReason.WrongAuthentication, $"octet {i}");
            bytes[i] ^= 1;
        }
    }

    private static HelloDiscardReason Verify(HelloKey? key, HelloAuthentication receiver, int ttl)
    {
        var bytes = HelloCodecTests.Write(HelloCodecTests.Sample(), "abc", key, 0, 0, TimeSpan.Zero);
        HelloCodec.Check(bytes, out var header).Should().Be(HelloDiscardReason.None);
        return receiver.Verify(bytes, header, ttl);
    }
}
