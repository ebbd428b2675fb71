namespace DistTrain.Learning.Tests;

public class FirstLayerDivisionTests
{
    private const int Line = FirstLayerDivision.LineUnits;

    [Theory]
    [InlineData(100, 1, 0)]
    [InlineData(100, 2, 4)]
    [InlineData(100, 3, 4)]
    [InlineData(100, 4, 0)] // 6 lines: two members have one less, and room for 4 units
    [InlineData(100, 6, 4)]
    [InlineData(100, 7, 0)] // the 4 units are a member's
    [InlineData(104, 2, 8)]
    [InlineData(105, 2, 0)] // 9 units cost as much as a line
    [InlineData(96, 2, 0)]
    [InlineData(500, 2, 0)] // 31 lines
    [InlineData(10, 1, 0)]
    public void Units_are_shared_where_they_would_be_a_line_more_for_one(
        int columns, int members, int shared) =>
        new FirstLayerDivision(columns, members).SharedUnits.ShouldBe(shared);

    [Fact]
    public void Every_unit_is_a_members_or_shared_and_no_member_has_a_line_more_than_another()
    {
        for (int columns = 1; columns <= 200; columns++)
        {
            int most = FirstLayerDivision.MostMembers(columns);
            for (int members = 1; members <= most; members++)
            {
                var division = new FirstLayerDivision(columns, members);
                string which = $"{columns} units, {members} members";
                int next = 0, least = int.MaxValue, largest = 0;
                for (int member = 0; member < members; member++)
                {
                    (int first, int units) = division.OwnOf(member);
                    first.ShouldBe(next, which);
                    (first % Line).ShouldBe(0, which);
                    units.ShouldBePositive(which);
                    next = first + units;
                    int lines = FirstLayerDivision.MostMembers(units);
                    least = Math.Min(least, lines);
                    largest = Math.Max(largest, lines);
                }

                next.ShouldBe(division.FirstShared, which);
                (next + division.SharedUnits).ShouldBe(columns, which);
                (largest - least).ShouldBeLessThanOrEqualTo(
                    division.SharedUnits > 0 ? 0 : 1, which);
            }
        }
    }

    [Theory]
    [InlineData(784)]
    [InlineData(7)]
    [InlineData(33)]
    public void Every_input_is_one_members_in_whole_lines(int inputs)
    {
        for (int members = 2; members <= 6; members++)
        {
            var division = new FirstLayerDivision((Line * members) + 1, members);
            int next = 0;
            for (int member = 0; member < members; member++)
            {
                (int first, int count) = division.InputsOf(member, inputs);
                first.ShouldBe(next);
                (first % Line == 0 || first == inputs).ShouldBeTrue();
                count.ShouldBeGreaterThanOrEqualTo(0);
                next = first + count;
            }

            next.ShouldBe(inputs);
        }
    }
}
