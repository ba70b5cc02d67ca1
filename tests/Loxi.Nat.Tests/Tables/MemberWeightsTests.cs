using CsCheck;
using FluentAssertions;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class MemberWeightsTests
{
    private static readonly Gen<int[]> Weights = Gen.Int[1, 40].Array[1, 40];

    [Fact]
    public void AsManyTurnsAsTheSumOfWeights_GiveEachItsWeight() =>
        Gen.Select(Weights, Gen.UInt).Sample((weights, start) =>
        {
            var ends = MemberWeights.Ends(weights);
            var total = ends[^1];
            var stride = MemberWeights.Stride(total);
            var taken = new uint[weights.Length];
            for (var turn = 0u; turn < total; turn++)
            {
                taken[Chosen(ends, stride, start + (ulong)turn)]++;
            }

            for (var i = 0; i < weights.Length; i++)
            {
                // Whatever the weights have in common is divided out.
                (taken[i] * (ulong)weights.Sum()).Should().Be((ulong)weights[i] * total);
            }
        });

    [Fact]
    public void WhatWeightsHaveInCommon_IsDividedOut() => MemberWeights.Ends([65535, 65535, 131070]).Should().Equal(1, 2, 4);

    [Fact]
    public void HeavyMember_HasItsTurnsSpread()
    {
        var ends = MemberWeights.Ends([5, 1, 1]);
        var stride = MemberWeights.Stride(ends[^1]);
        var turns = string.Concat(Enumerable.Range(0, 14).Select(i => (char)('a' + Chosen(ends, stride, (ulong)i))));
        turns.Should().NotContain("aaaaa", "others come in between");
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(4u)]
    [InlineData(6u)]
    [InlineData(30030u)]
    [InlineData(4096u * 65535u)]
    public void Stride_IsWithinAndCoprime(uint total)
    {
        var stride = MemberWeights.Stride(total);

        stride.Should().BeInRange(1, total);
        System.Numerics.BigInteger.GreatestCommonDivisor(stride, total).Should().Be(System.Numerics.BigInteger.One);
    }

    [Fact]
    public void NoMembers_NoEnds() => MemberWeights.Ends([]).Should().BeEmpty();

    /// <summary>As the programs choose.</summary>
    private static int Chosen(uint[] ends, uint stride, ulong turn)
    {
        var position = turn % ends[^1] * stride % ends[^1];
        return Array.FindIndex(ends, end => position < end);
    }
}
