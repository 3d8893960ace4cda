"""All that a reader of a report reads, in Vietnamese and English: no other file of this package has a text.

No native speaker has read the Vietnamese yet; each report says so in its notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.bands import Language

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Báo cáo tháng: {domain}", "Monthly report: {domain}"),
    "city": ("Thành phố Đà Nẵng", "City of Đà Nẵng"),
    "environment": ("Môi trường không khí và tiếng ồn", "Air, weather and noise"),
    "traffic": ("Giao thông", "Traffic"),
    "water": ("Nước và ngập lụt", "Water and floods"),
    "assets": ("Tài sản đô thị", "City assets"),
    "month": ("Tháng {month}/{year}", "{month}/{year}"),
    "period": ("Kỳ báo cáo", "Period"),
    "from_to": ("{first} đến {last} ({days} ngày)", "{first} to {last} ({days} days)"),
    "incomplete": ("Tháng chưa kết thúc: số liệu tạm thời.", "The month is not over: provisional."),
    "not_closed": (
        "Các ngày chỉ được tính xong đến hết {last}: số liệu tạm thời. Xem `citylora rollup status`.",
        "Days are closed until the end of {last}: provisional. See `citylora rollup status`.",
    ),
    "domain": ("Lĩnh vực", "Domain"),
    "area": ("Phạm vi", "Scope"),
    "all_sites": ("Tất cả điểm đo ({sites})", "All sites ({sites})"),
    "some_sites": ("{sites} điểm đo được chọn", "{sites} chosen sites"),
    "ward_sites": ("{ward} ({sites} điểm đo)", "{ward} ({sites} sites)"),
    "made": ("Lập lúc", "Made"),
    "made_by": ("Người lập", "Made by"),
    "made_with": ("Phần mềm", "Made with"),
    "zone": ("Múi giờ", "Time zone"),
    "contents": ("Nội dung", "Contents"),
    "overview": ("Tóm tắt", "Overview"),
    "count_sites": ("điểm đo", "sites"),
    "count_silent": ("điểm đo không có số liệu", "sites without data"),
    "count_coverage": ("độ đầy đủ trung bình", "mean coverage"),
    "count_over": ("ngày có vượt giới hạn", "days with a limit exceeded"),
    "count_doubtful": ("giá trị nghi ngờ", "doubtful values"),
    # The sections, which are the sheets of the workbook too: at most 31 characters.
    "summary": ("Tổng hợp", "Summary"),
    "limits": ("So với giới hạn", "Held against limits"),
    "coverage": ("Độ đầy đủ số liệu", "Coverage"),
    "daily": ("Theo ngày", "Daily"),
    "exceedances": ("Vượt giới hạn", "Exceedances"),
    "quality": ("Chất lượng số liệu", "Quality"),
    "sites": ("Điểm đo", "Sites"),
    "charts": ("Biểu đồ", "Charts"),
    "notes": ("Ghi chú", "Notes"),
    # What stands above columns and figures.
    "site": ("Điểm đo", "Site"),
    "id": ("Mã điểm đo", "Site id"),
    "name": ("Tên", "Name"),
    "ward": ("Phường/xã", "Ward"),
    "kind": ("Loại", "Kind"),
    "owner": ("Đơn vị quản lý", "Owner"),
    "latitude": ("Vĩ độ", "Latitude"),
    "longitude": ("Kinh độ", "Longitude"),
    "reference": ("Cao độ mốc", "Reference height"),
    "national": ("hệ cao độ quốc gia", "national datum"),
    "station": ("số 0 của trạm", "the station's zero"),
    "ground": ("mặt đất", "the ground"),
    "quantity": ("Thông số", "Quantity"),
    "code": ("Mã thông số", "Quantity id"),
    "in_unit": ("[theo cột Đơn vị]", "[see Unit]"),
    "unit": ("Đơn vị", "Unit"),
    "channel": ("Kênh", "Channel"),
    "day": ("Ngày", "Day"),
    "mean": ("Trung bình", "Mean"),
    "minimum": ("Nhỏ nhất", "Minimum"),
    "maximum": ("Lớn nhất", "Maximum"),
    "p95": ("Phân vị 95", "95th percentile"),
    "total": ("Tổng", "Total"),
    "values": ("Số giá trị", "Values"),
    "days_with": ("Số ngày có số liệu", "Days with data"),
    "doubtful": ("Nghi ngờ", "Doubtful"),
    "invalid": ("Không hợp lệ", "Invalid"),
    "limit": ("Giới hạn", "Limit"),
    "limit_day": ("Giới hạn của ngày", "Limit of the day"),
    "over": ("Vượt", "Exceeded"),
    "yes": ("có", "yes"),
    "no": ("không", "no"),
    "averaged": ("Thời gian", "Averaged over"),
    "worst": ("Giá trị xấu nhất", "Worst value"),
    "days_and_values": ("Ngày vượt (giá trị)", "Days exceeded (value)"),
    "times": ("Số lần vượt", "Times over"),
    "days_judged": ("Số ngày đã xét", "Days judged"),
    "days_over": ("Số ngày vượt", "Days exceeded"),
    "source": ("Căn cứ", "Source"),
    "cause": ("Nguyên nhân", "Cause"),
    "reason": ("Lý do", "Reason"),
    "declared_by": ("Người khai báo", "Declared by"),
    "declared_at": ("Khai báo lúc", "Declared at"),
    "since": ("Từ", "From"),
    "until": ("Đến", "Until"),
    "still": ("chưa kết thúc", "not ended"),
    "all_quantities": ("tất cả thông số", "all quantities"),
    "unknown": ("chưa rõ", "not known"),
    "index_days": ("Số ngày theo mức {index}", "Days by class of {index}"),
    "no_index": ("Không có giá trị", "No value"),
    # What a value is the mean of.
    "of_1h": ("1 giờ", "1 hour"),
    "of_8h": ("8 giờ", "8 hours"),
    "of_24h": ("24 giờ", "24 hours"),
    "of_06-21": ("6-21 giờ", "06-21 h"),
    "of_21-06": ("21-6 giờ", "21-06 h"),
    "of_mean": ("trung bình ngày", "mean of the day"),
    "of_flood": ("cao nhất trong ngày", "highest of the day"),
    "level": ("BĐ{level}", "alarm level {level}"),
    "level_short": ("BĐ{level}", "AL{level}"),
    "at_most": ("≤ {value}", "≤ {value}"),
    "at_least": ("≥ {value}", "≥ {value}"),
    "between": ("{low} đến {high}", "{low} to {high}"),
    # Why values were not believed.
    "implausible": ("ngoài khoảng hợp lý", "implausible"),
    "spike": ("tăng giảm đột biến", "spike"),
    "stuck": ("không thay đổi quá lâu", "stuck"),
    "late": ("đến quá muộn", "came too late"),
    "clock": ("đồng hồ không tin cậy", "clock not believed"),
    "gap": ("gián đoạn quá dài", "after too long a gap"),
    "input": ("suy ra từ giá trị nghi ngờ", "rests on a doubtful value"),
    "drift": ("trôi so với các điểm lân cận", "drifts from its neighbours"),
    "none": ("khác", "other"),
    # What stands where there is nothing.
    "no_exceedances": ("Không có ngày nào vượt giới hạn.", "No limit was exceeded."),
    "no_limits": ("Không có giới hạn nào cho các thông số này.", "There are no limits for these quantities."),
    "no_doubts": ("Không có giá trị nghi ngờ.", "No value was doubtful."),
    "no_declared": ("Không có khoảng thời gian nào được khai báo không hợp lệ.", "No time was declared invalid."),
    "no_data": ("không có số liệu", "no data"),
    # Of the plots.
    "plot": ("{quantity} tại {site}, theo ngày", "{quantity} at {site}, by day"),
    "plot_says": (
        "Thấp nhất {low} ngày {low_day}, cao nhất {high} ngày {high_day}. Số ngày không có số liệu: {missing}.",
        "Lowest {low} on {low_day}, highest {high} on {high_day}. Days without data: {missing}.",
    ),
    "plot_over": ("Số ngày vượt giới hạn: {days}.", "Days over a limit: {days}."),
    "plot_key": (
        (
            "Đường: {figure} của ngày; vùng nhạt: nhỏ nhất đến lớn nhất; nét đứt: giới hạn hoặc cấp báo động; "
            "hình thoi đỏ và ▲: ngày vượt; khoảng trống: không có số liệu; chữ nghiêng: ngày có ít hơn {percent} % "
            "số liệu."
        ),
        (
            "Line: the day's {figure}; light band: minimum to maximum; dashed: limit or alarm levels (AL); "
            "red diamond and ▲: exceeded; gap: no data; italics: a day with a coverage below {percent} %."
        ),
    ),
    "charts_left": (
        "Chỉ vẽ {shown} trong {all} biểu đồ; chọn --ward hoặc --site để có các biểu đồ còn lại.",
        "{shown} of {all} charts are drawn; choose --ward or --site for the others.",
    ),
    # The notes, each where it applies.
    "note_coverage": (
        (
            "Độ đầy đủ là phần thời gian có giá trị tốt, tính trên các ngày của kỳ báo cáo. Giá trị nghi ngờ hoặc "
            "không hợp lệ không được tính vào kết quả nào."
        ),
        (
            "Coverage is the part of the time that good values stand for, over the days reported on. Doubtful and "
            "invalid values count in no figure."
        ),
    ),
    "note_judged": (
        (
            "Một giá trị trung bình chỉ được so với giới hạn khi có ít nhất {percent} % số liệu. Giá trị bằng giới hạn "
            "là không vượt. Giới hạn là giới hạn có hiệu lực trong ngày đó."
        ),
        (
            "A mean is held against a limit only with a coverage of {percent} % or more. A value at the limit keeps "
            "it. Limits are those in force on the day."
        ),
    ),
    "note_unjudged": (
        "Không xét do thiếu số liệu: {days} ngày-thông số.",
        "Not judged for lack of data: {days} days, counted by quantity.",
    ),
    "note_unhoured": (
        "Giá trị xấu nhất để trống khi số liệu giờ không còn được lưu.",
        "Where the worst value is empty, the hours of that day are not kept any more.",
    ),
    "note_superseded": (
        "Giới hạn đã bị thay thế, nhưng quy định mới chưa có trong phần mềm: {names}. Kết quả chỉ để tham khảo.",
        "Replaced by a regulation that this program does not know: {names}. The results are for orientation only.",
    ),
    "note_unverified": (
        "Giới hạn ghi “chưa kiểm chứng” chưa được đối chiếu với văn bản gốc: {names}.",
        "Limits that are marked as unverified were not checked against the original document: {names}.",
    ),
    "note_noise": (
        (
            "Tiếng ồn được xét theo mức tương đương của ban ngày (6-21 giờ) và ban đêm, cộng theo năng lượng từ trung "
            "bình giờ. Khu vực đặc biệt được nhận theo loại điểm đo."
        ),
        (
            "Noise is judged by the equivalent level of the day (06 to 21 h) and of the night, added as energy from "
            "the means of hours. Special areas are known by the kind of the site."
        ),
    ),
    "note_flood": (
        "Mực nước được tính theo cao độ mốc của từng điểm đo; trên sông Hàn, chỉ riêng thủy triều cũng có thể đạt BĐ1.",
        "Levels are above the datum of each site; on the Hàn the tide alone can reach alarm level 1.",
    ),
    "note_state": (
        "Trạng thái: trung bình của các mã theo thời gian; với có/không, đó là phần thời gian “có”.",
        "States: the mean is weighted by time, of their codes; of yes and no it is the share of yes.",
    ),
    "note_language": (
        "Văn bản tiếng Việt của báo cáo này chưa được người bản ngữ kiểm tra.",
        "The Vietnamese form of this report has not been read by a native speaker yet.",
    ),
}
"""By key: Vietnamese, English. Both have the same fields to be filled in."""


class Words:
    """The texts in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = 0 if language == "vi" else 1

    def __call__(self, key: str, **named: object) -> str:
        """One text, filled in.

        Raises:
            KeyError: there is no such text, or a field is missing.
        """
        return TEXTS[key][self._place].format(**named)
